"""Every diagnostic code and what `syncer explain` says about it."""

from collections.abc import Mapping
from typing import Final

CODES: Final[Mapping[str, str]] = {
    # YML: the text is not YAML as syncer reads it (scan, documents).
    "YML-ALIAS": "An alias (*name) repeats the value of an anchor (&name) that stands above it"
    " in the same file. This one has no anchor above it.",
    "YML-ALIAS-CYCLE": "An alias stands inside the value that its own anchor names, so the"
    " value would contain itself.",
    "YML-ANCHOR": "Two anchors of a file have the same name, so which value an alias means"
    " depends on where it stands. Rename one.",
    "YML-BIDI": "A character that turns the writing direction shows a reviewer another text"
    " than the program reads. It is refused everywhere, in comments too.",
    "YML-CTRL": "Control characters, private characters and the line breaks that only some"
    " programs know (U+0085, U+2028, U+2029, a bare carriage return) are not read: they can"
    " hide a key or act in a terminal.",
    "YML-DIRECTIVE": "Lines that begin with % change what values mean. Every file is read as"
    " YAML 1.2.",
    "YML-DUP-KEY": "A key stands twice in one mapping. Which of the two counts is not visible"
    " in a review, so none does.",
    "YML-ENC": "Manifests are UTF-8. The finding names the first byte that is not; save the"
    " file as UTF-8.",
    "YML-KEYTYPE": "Keys are text, exactly as written. An empty key, a list and a mapping are"
    " none.",
    "YML-MERGE": "Merge keys (<<) hide which value wins. Write shared values under defaults:.",
    "YML-MULTIDOC": "A file holds one document. Move what follows --- to a file of its own.",
    "YML-SYNTAX": "The text is not YAML, so the rest of the file was not read. The place is"
    " where reading failed; the cause may stand a little above it, often a missing quote,"
    " bracket or indentation.",
    "YML-TAG": "Tags (!name) give values another type than they show. Values mean what they"
    " show, so remove the tag.",
    # LIM: a limit was passed; the operator may raise it.
    "LIM-ALIAS": "Aliases repeat values, and repeated repetitions grow without bound. A file"
    " may repeat 50 000 values; SYNCER_LIMIT_EXPANDED raises that.",
    "LIM-ALIASES": "A file may have 100 aliases; SYNCER_LIMIT_ALIASES raises that. Shared"
    " values belong under defaults:.",
    "LIM-ANCHORS": "A file may have 1 000 anchors; SYNCER_LIMIT_ANCHORS raises that.",
    "LIM-DEPTH": "Values may be nested 32 levels deep; SYNCER_LIMIT_DEPTH raises that. A"
    " manifest needs six.",
    "LIM-FILE": "A file may have 16 MiB; SYNCER_LIMIT_FILE raises that. Several files of 100 to"
    " 10 000 signals are read as fast.",
    "LIM-FILES": "A project may have 100 000 files; SYNCER_LIMIT_FILES raises that. Narrow the"
    " patterns in syncer.yaml if they mean files that are no manifests.",
    "LIM-GLOBS": "A list in syncer.yaml may have 64 patterns; SYNCER_LIMIT_GLOBS raises that.",
    "LIM-NODES": "A file may hold 2 000 000 keys and values; SYNCER_LIMIT_NODES raises that.",
    "JRN-RECORD": "A line of the journal of a run may have 16 MiB. A line holds what one request"
    " sends, before and after; a single resource that is larger cannot be noted, and is not sent.",
    "LIM-SCALAR": "A text may have 65 536 characters, which SYNCER_LIMIT_SCALAR raises, and a"
    " number 32.",
    "LIM-TOTAL": "The files of a project may have 256 MiB together; SYNCER_LIMIT_TOTAL raises"
    " that. Sizes are added up before anything is read.",
    # PTH: a path leaves the project or is not a plain file.
    "PTH-ESCAPE": "A pattern in syncer.yaml is absolute or contains `..`. Files are read from"
    " the project's folder only.",
    "PTH-KIND": "A pattern means a path that is no plain file: a pipe, a socket or a device. It"
    " was not opened.",
    "PTH-READ": "A file or folder that a pattern means cannot be read. Leaving it out silently"
    " would look as if its resources had been removed.",
    "PTH-REMOTE": "A pattern in syncer.yaml is a URL. Nothing is fetched: manifests and"
    " policies are files of the project.",
    "PTH-SYMLINK": "A pattern means a symbolic link. Links are not followed, because they can"
    " lead out of the project; the target was not opened.",
    # MAN: a manifest, or the project file, says something that cannot be.
    "MAN-DUPLICATE": "Something is declared twice: a resource, a filter, an integration, or a"
    " signal behind two items. The finding names both places; remove one.",
    "MAN-DURATION": "A duration is fixed: weeks, days, hours, minutes and seconds, as in PT15M,"
    " PT1H30M or P1DT12H. Years and months have no fixed length. null means unset.",
    "MAN-ENUM-DUP": 'A state of an enum has two texts: 1 and "1" are the same key.',
    "MAN-ENUM-KEY": "A key of enumValues is a whole number from 0 to 9999 without leading zeros.",
    "MAN-ID": "An ID or name has a character or a length that is not allowed. Input IDs are 1"
    " to 128 of a-z A-Z 0-9 - _ : . # + /; integrations have 20 of a-v and 0-9.",
    "MAN-ID-LOOKALIKE": "Two IDs differ only in case or separators, or an ID begins like a"
    " command to a CI system. A signal that was created by mistake cannot be deleted, so look"
    " twice.",
    "MAN-INTEGRATION": "A manifest says which integration its signals belong to, by an alias"
    " that syncer.yaml lists. It may be left out when the project has one integration.",
    "MAN-INVISIBLE": "A text holds a character that draws nothing or looks like an ordinary"
    " space, so texts that look equal are not.",
    "MAN-KEY": "A key of labels, annotations or filters is 1 to 128 of a-z A-Z 0-9 - _ /.",
    "MAN-LABEL-DUPLICATE": "Two manifests list the same label key in the vocabulary. It holds"
    " for all manifests, so one place is enough.",
    "MAN-LABEL-KEY": 'A resource has a label that the vocabulary does not list. Without "*":'
    " {deny: true} this is a warning.",
    "MAN-LABEL-REQUIRED": "The vocabulary requires a label that a resource does not have, after"
    " defaults; an item has its signal's labels where it says none.",
    "MAN-LABEL-VALUE": "A label has a value that the vocabulary does not allow: it is not one"
    " of `values`, or the `pattern` is not found in it.",
    "MAN-LATER": "The manifest uses a section that this version of syncer does not support yet."
    " Nothing of it would happen, so it is refused.",
    "MAN-LENGTH": "A text is too long or too short: names and enum texts have 1 to 128"
    " characters, descriptions up to 1000, units up to 255. Names beyond 100 are a warning.",
    "MAN-NFC": "A letter is written as two characters (a letter and a combining accent). To the"
    " API that is another text than the composed letter. Beside an equal text it is an error,"
    " else a warning.",
    "MAN-NONE": "No file matches the patterns under `manifests` in syncer.yaml. Hidden folders"
    " are never searched.",
    "MAN-PATTERN": "A pattern of the vocabulary is no regular expression that RE2 reads, or is"
    " longer than 256 characters.",
    "MAN-REQUIRED": "A key that cannot be left out is missing from its section.",
    "MAN-RESERVED": "The name belongs to syncer: annotation keys that begin with syncer/ say"
    " who owns a resource, and `local` is the built-in environment.",
    "MAN-ROOT": "A file is a mapping of sections, such as `signals:`. A list or a single text"
    " is none.",
    "MAN-SECRET": "credentials_env takes the name of an environment variable, in capitals."
    " Credentials themselves never stand in a file of the project; if some did, revoke them."
    " The value is not shown.",
    "MAN-TYPE": "A value is of another kind than the field. A number or boolean where text is"
    " wanted must be put in quotes as it is written, because 1.10 would become 1.1; null means"
    " nothing except for durations.",
    "MAN-UNKNOWN-FIELD": "A key is not known in its section, so what it says would be ignored."
    " The nearest known key is suggested.",
    "MAN-VALUE": "A value is none of those that the field can have.",
    # FIL: a filter.
    "FIL-DEPTH": "$and and $or may be nested 8 deep in a filter.",
    "FIL-FIELD": "A filter names a field that cannot be filtered by. Labels and annotations are"
    " named with their key: labels.site.",
    "FIL-LEAVES": "A filter may compare 256 times. $in takes any number of values as one"
    " comparison.",
    "FIL-OP": "A filter uses an operator that does not exist, or not at this place.",
    "FIL-REGEX": "A regular expression is longer than 256 characters or is none that RE2 reads,"
    " which has no look-around and no back-references.",
    "FIL-REGEX-RISK": "A regular expression repeats a repetition. syncer evaluates it in linear"
    " time; other programs may take exponential time.",
    "FIL-TYPE": "A filter compares a field with a value of another kind, or an operator has no"
    " list or filter where it needs one.",
    # POL, SCH: policies.
    "POL-SCHEMA": "A policy is a JSON Schema of draft 2020-12 in one file of the project, with"
    " regular expressions that RE2 reads. This one cannot be used.",
    "POL-VIOLATION": "A resource breaks one of the project's policies. The rule is the schema's"
    " own description, where it has one.",
    "SCH-REF": "A policy refers to something outside its file, or to nothing. No file and no"
    " URL is read for a reference.",
    # CRD: credentials.
    "CRD-FILE": "The environment variable names a file of credentials that cannot be read. It"
    " holds Clarify's JSON credentials, or the path of a file with them.",
    "CRD-MISSING": "Credentials are needed that no environment variable holds: to read, those of"
    " an integration with the admin and clarify namespaces; to save signals, each integration's"
    " own. The message names the variable.",
    "CRD-MODE": "Other users of this machine can read the file of credentials: chmod 600.",
    "CRD-ORIGINS": "The credentials of one environment belong to different servers.",
    "CRD-FORMAT": (
        "The credentials are not what Clarify's admin panel hands out: a JSON object with apiUrl,"
        " integration and credentials (type, clientId, clientSecret), each once. The finding names"
        " the member and its place; the content is never shown. Download the file again."
    ),
    "CRD-ORIGIN": (
        "apiUrl in the credentials decides which host receives the secret, so it must be"
        " https://api.clarify.io, https://api.clarify.cloud, this machine, or an origin that the"
        " operator allows with --allow-origin or SYNCER_ALLOW_ORIGINS. Plain http is for loopback"
        " only; a user, a query or a fragment in the URL is refused."
    ),
    "CRD-HEADER": (
        "A client ID or secret holds a line break or another control character, which could forge"
        " a header. Nothing was sent. Look for a stray newline in the variable or file."
    ),
    "CRD-TOKEN": (
        "The token endpoint answered, but not with a usable token. A proxy or a login page in"
        " between is the usual reason. The answer is not shown because it may hold a token."
    ),
    "CRD-REFUSED": (
        "The API refused the credentials, twice where a token could be renewed. They may have been"
        " deleted or replaced: create new ones in Clarify's admin panel."
    ),
    "CRD-NAMESPACE": (
        "The credentials are valid but not allowed to do this. In Clarify's admin panel, tick the"
        " namespace that the hint names for the integration: admin to read signals and to publish,"
        " clarify to read items."
    ),
    "CRD-INTEGRATION": (
        "A save reaches only the integration's own signals, and these credentials belong to"
        " another integration. Nothing was sent. Check which variable names which credentials."
    ),
    # NET, API: the way to the API, and its answers.
    "NET-UNREACHABLE": (
        "No connection to the host could be made: its name does not resolve, nothing answers"
        " there, or a proxy refused. Nothing was sent. Proxies are used only when asked for."
    ),
    "NET-TLS": (
        "The host's certificate is not trusted, does not fit its name, or the host offers no TLS"
        " 1.2. Nothing was sent, and there is no flag to go on regardless."
    ),
    "NET-LOST": (
        "The connection broke after the request was sent and before an answer came. A read is"
        " tried again; whether a write was executed is found out by reading."
    ),
    "NET-DEADLINE": (
        "The answer was not complete in time: a call may take 60 seconds in all, however slowly"
        " the server sends, and the calls of a run SYNCER_DEADLINE seconds together (900 for plan"
        " and apply, no limit for values and queries); time in which nobody calls does not count."
    ),
    "NET-STOPPED": (
        "A signal asked the run to stop while a call waited to be sent, or to be sent again, so it"
        " was not sent."
    ),
    "NET-ADDRESS": (
        "The host answers, and Clarify is not at this address there (HTTP 404 or 405). Nothing was"
        " executed. Correct apiUrl in the credentials: it ends in /v1/."
    ),
    "NET-REDIRECT": (
        "The host answered with a redirect. It is not followed, because the token, and after a 307"
        " the secret too, would go to another host. Correct apiUrl in the credentials."
    ),
    "NET-SIZE": "The answer is larger than 64 MiB, unpacked. It was not read to the end.",
    "API-VERSION": (
        "syncer speaks the API versions 1.1beta2, 1.1 and 1.2 with its pre-releases; older ones"
        " have other parameters and results."
    ),
    "API-REJECTED": (
        "The API refused the call and executed nothing. Its own words are quoted, with the"
        " parameters they are about."
    ),
    "API-TOO-LARGE": (
        "The API refused a request for its size and executed nothing; it is sent again in halves."
    ),
    "API-OVERSIZE": (
        "One resource alone is larger than a request may be (8 MiB). Shorten its description,"
        " labels, annotations or enum texts."
    ),
    "API-BUSY": (
        "The API asked to wait, again and again, or a write was throttled. Try again later, or"
        " lower SYNCER_SELECTS_PER_SECOND and SYNCER_WRITES_PER_SECOND."
    ),
    "API-FAILED": (
        "The API failed or answered with something unknown. Reads were tried again; a write may"
        " have been executed."
    ),
    "API-CONFLICT": "The API reports a conflict, so the resources are read before anything else.",
    "API-INVALID": (
        "The API finds a resource invalid. Others of the same request may have been written."
    ),
    "API-PARTIAL": (
        "The API executed only a part of a request. Which part is found out by reading every"
        " resource of it."
    ),
    "API-SHAPE": (
        "The API's answer is empty, broken off, no JSON-RPC 2.0, nested too deeply, or has a value"
        " of another kind than documented. A proxy or a login page in between is the usual reason."
    ),
    "API-DUP-MEMBER": (
        "The API's answer has the same member twice. Readers disagree about which one counts, so"
        " none does."
    ),
    "API-ID": "The answer carries another request's ID: it is late, or meant for somebody else.",
    "API-DRIFT": (
        "A listing did not add up, four times: its count, its pages and its IDs disagree, or it"
        " holds rows of another integration. A short listing must never pass for the world. Try"
        " again when nobody else is changing many resources."
    ),
    "API-PAGES": "A listing would take more than 10 000 pages, so it was not begun.",
    # LIB: the Python library, before anything is sent, and after a part of it was.
    "LIB-DURATION": "A duration is a timedelta or a fixed RFC 3339 text: PT15M, PT1H30M, P1D. A"
    ' rollup may also be in years or months (P1M), or "window".',
    "LIB-ID": "Input IDs are 1 to 128 of a-z A-Z 0-9 - _ : . # + /; signals, items and"
    " integrations have IDs of 20 characters from 0-9 and a-v.",
    "LIB-NUMBER": "A value of a series is a finite number, or None for no sample; NaN is taken as"
    " None. Infinity, texts, True and False have no meaning in a series.",
    "LIB-PARTIAL": "A write of several requests ended early. The exception says what was written,"
    " what was not sent, and what nobody knows; writing any of it again is harmless.",
    "LIB-SHAPE": "Arguments do not fit together: lists of different lengths, a key given twice, or"
    " a value of another kind than the call takes.",
    "LIB-TIME": "A time is a datetime with a zone, or an RFC 3339 text with one. A time without"
    " a zone would be another instant on every machine.",
    "LIB-VALUE": "An argument breaks a rule of the API, so nothing was sent. The finding names the"
    " argument and the rule.",
    "LIB-VERSION": 'The call needs API 1.2. Open the client with api_version="1.2".',
    "LIB-WINDOW": "A span of time is empty, or too long for one request of a calculation that"
    " looks beyond its buckets.",
    # FMT, IMP, PUL: writing manifests.
    "FMT-MEANING": "A formatted text was read back and did not say the same, so the file was left"
    " alone. Formatting changes blanks and quotes only; please report this with the file.",
    "IMP-LEFT-OUT": "A live value, or a whole resource, cannot be declared as it is: it has"
    " characters or a form that manifests refuse, or the project's vocabulary, policies or defaults"
    " are against it. It is left out of the imported files, and stays as it is in Clarify.",
    "PUL-DEFAULT": "A live value cannot be taken into the manifests by changing the default that it"
    " comes from, because that serves other resources too, and nothing could be added to the"
    " resource itself. Change the default by hand, or say the value on the resource.",
    "PUL-FOLLOW": "Somebody changed a field of an item that follows its signal. No line says the"
    " value, so there is nothing to pull it into. Change the signal, or say the field on the item.",
    "PUL-INVALID": "With the values from Clarify the manifests would break a rule of their own: the"
    " vocabulary, a policy, or two declarations that would clash. Nothing was written. Correct"
    " these values in Clarify, or pull the others by naming them.",
    "PUL-PLACE": "A value cannot be changed where it stands without changing more than it: comments"
    " inside it would be lost, or it shares its line. Change it by hand.",
    "PUL-SHARED": "A value that an anchor (&name) and its aliases (*name) share cannot be changed"
    " for one of them. Write it out where it is to differ.",
    "PUL-STALE": "A manifest changed on disk while `syncer pull` compared it with Clarify. Nothing"
    " was written. Pull again.",
    "PUL-VALUE": "A live value has characters, a length or a form that manifests refuse, so it is"
    " not taken into one. Correct it in Clarify, or let `syncer apply` set it back.",
    # DAT: values, files of them, and what is read back.
    "DAT-BUSY": "Another process is inserting the same file into the same integration. Wait for it"
    " to end.",
    "DAT-COLUMN": "A long table has a column beside those of time, input and value. It is not read."
    " If its columns are input IDs, say --layout wide.",
    "DAT-CSV": "The rows of a CSV file do not fit together: a quote is never closed or closed too"
    " early, or a row has another number of cells than the header.",
    "DAT-DUPLICATE": "A file has several values of an input at one time. The last one of the file"
    " is inserted, as it would be if they were inserted one after the other.",
    "DAT-EMPTY": "The file has no header, or no values.",
    "DAT-ENCODING": "Files of values are UTF-8, with or without a byte order mark. Excel saves it"
    ' as "CSV UTF-8"; for others: iconv -f CP1252 -t UTF-8 old.csv > new.csv.',
    "DAT-FORMULA": "A formula has an alias of 1 to 28 of a-z A-Z 0-9 _, not beginning with a digit,"
    " and a text over the aliases of items and of the formulas above it.",
    "DAT-HEADER": "A column of a table is not known by its name. --time-column, --input-column and"
    " --value-column name them.",
    "DAT-INPUT": "An input ID is 1 to 128 of a-z A-Z 0-9 - _ : . # + /, and heads one column.",
    "DAT-ITEM": "An item is its ID of 20 characters, or items/<integration>/<input id>, which is"
    " the item that this signal is published as. Behind a colon stands how its values are put"
    " together.",
    "DAT-JSON": 'A JSON file of values is a data frame: {"times": [...], "series": {"<input ID>":'
    " [...]}}, with a value or null for each time, no name twice, and no NaN.",
    "DAT-MORE": "A file has more errors than are shown.",
    "DAT-NUMBER": "A value is a finite decimal number without thousands separators. An empty cell,"
    " NaN, and null in JSON are no sample. --decimal-comma reads 1,5.",
    "DAT-PRECISION": "Times are kept to the microsecond; what is finer was cut.",
    "DAT-PYARROW": "Parquet is written by pyarrow, which is large and therefore not installed with"
    " syncer: pip install pyarrow.",
    "DAT-SIZE": "A file of values may have 1 GiB.",
    "DAT-TIME": "A time is RFC 3339, as 2026-01-31T10:00:00Z; a date alone is its midnight. Bounds"
    " may be relative to now: -7d, -1h30m.",
    "DAT-UNDECLARED": "No manifest declares an input of the file. Inserting creates the signal,"
    " which cannot be deleted and may be billed. Correct the name, declare the signal, or give"
    " --allow-undeclared.",
    "DAT-ZONE": "A time says no zone, and --timezone names none, or none that is known. Where"
    " clocks are put back, a time without a zone is two instants, and where they are put forward,"
    " none.",
    # PLN, APP: planning, and applying.
    "PLN-ALLOWED": "The plan was made with flags that allow more than the guards do. A saved plan"
    " carries them, and an apply of it heeds them: whoever reviews it approves them too.",
    "PLN-AMBIGUOUS": "Two declared items are one item in Clarify: both signals are linked to it, so"
    " both declarations would be written to the same place. Neither is touched. Keep one of them"
    " and name the other signal in its `signals`.",
    "PLN-BLANKED": "The plan empties a field that has a value, of more than 5 percent of what the"
    " project owns in an integration. A field that is left out of a manifest is kept; one that is"
    " empty there is emptied, and an empty default does so everywhere. --allow-updates PERCENT"
    " allows it.",
    "PLN-BLIND": "The credentials lack the admin namespace, so live state cannot be read. With"
    " --create-only every declared signal is sent with createOnly: the missing ones are created,"
    " the others left as they are. Items cannot be published, and nothing can be verified.",
    "PLN-CONFLICT": "A field was changed in the manifests and in Clarify since syncer last applied"
    " it. `syncer pull` takes the value from Clarify into the manifests; --overwrite GLOB lets the"
    " manifests win.",
    "PLN-CREATES": "The plan creates more resources of a kind in an integration than"
    " `guards.max_creates` allows. A create cannot be undone and may be billed, and a long list of"
    " creates often is a wrong ID or a bad column. Read the creates, then give --allow-creates N.",
    "PLN-EMPTY-LIVE": "Signals are declared in an integration that answers with none, although"
    " syncer has written there before, or more than ten are declared. A new integration looks like"
    " this, and so does a wrong ID or a broken answer. Give --allow-empty if it really is new.",
    "PLN-FORMAT": "The file is not a plan as `syncer plan --out` writes it: cut off, edited into"
    " something else, at odds with itself, or of a newer format. Nothing was sent. Make the plan"
    " again.",
    "PLN-INTEGRATION": "The manifests declare resources in an integration that the environment"
    " gives no ID. Add it to the environment in syncer.yaml, or leave it out with --exclude or the"
    " environment's `exclude`.",
    "PLN-LINK": "An item names a further signal that is not linked to it in Clarify. API 1.1"
    " cannot link a signal to an item that exists; Clarify's admin panel can.",
    "PLN-LOOSE": "The project file sets a guard looser than it is by itself. It counts as written;"
    " whoever reviews a change of syncer.yaml should have seen it.",
    "PLN-MEANING": "An item's unit, value type or enum texts differ from its signal's. Values are"
    " shown under the item's, and are not converted. `follow` keeps both equal.",
    "PLN-NEW-KEY": "A signal would be created under a key that differs from an existing one only in"
    " case or separators, or that resembles one which just left the manifests: a typing slip, or a"
    " renaming that would leave the data behind and bill a second signal. --allow-new GLOB says"
    " that it is another signal.",
    "PLN-NO-RUN": "A saved rollback is planned again from what its run noted, and no journal here"
    " remembers that run, as on a CI runner. Make and apply it in one step: syncer rollback PLAN.",
    "PLN-OWNER": "A resource differs from the manifests, and its annotations say that another"
    " project, or a clarify-go routine, looks after it. --take-ownership GLOB makes it yours.",
    "PLN-PROTECTED": "A resource with `lifecycle: {protected: true}` would change. If that is"
    " meant, give --allow-protected GLOB.",
    "PLN-REPLAYED": "A saved plan that a run has carried out is applied again, and it would change"
    " something: somebody has taken its changes back since. An approval is for one apply. Plan"
    " again.",
    "PLN-RETIRES": "The plan hides more items than `guards.max_retires` allows, by --retire or by"
    " `visible: false`. --allow-retires N allows it.",
    "PLN-REVERTS": "The plan sets back more resources that others changed in Clarify than"
    " `guards.max_reverts` allows. `syncer pull` keeps their changes; --allow-reverts N reverts"
    " them.",
    "PLN-STALE": "A saved plan no longer comes out as it was reviewed: the manifests or Clarify"
    " have moved since. Nothing was sent. Plan again, and have the new plan reviewed.",
    "PLN-STILL-DECLARED": "A rollback gives a field its earlier value, and the manifests still"
    " declare the later one, which the next apply would set again. Revert the manifests too.",
    "PLN-TARGET": "A saved plan was made for another server or integration than the environment"
    " has now. Nothing was sent.",
    "PLN-UPDATES": "The plan updates a larger share of what the project owns in an integration than"
    " `guards.max_update_percent` allows; the guard holds from 10 resources up. --allow-updates"
    " PERCENT allows it.",
    "APP-EXISTS": "A create met a resource that exists already, made by someone else since the"
    " plan. Creates are sent with createOnly, so it was left as it is. Plan again.",
    "APP-FAILED": "Clarify refused the request that holds these changes. The first finding says"
    " why.",
    "APP-FILLED": "A create met a signal that an insert had made and that was still empty. It was"
    " filled by an update.",
    "APP-MOVED": "Somebody changed the resource between the plan and its turn, or while nobody knew"
    " what had become of a request. It was left as it is. Plan again: the difference is shown with"
    " who moved it.",
    "APP-NO-SUMMARY": "Clarify answered a save without mentioning this resource, so it was read"
    " back to see what became of it.",
    "APP-NOT-APPROVED": "An apply without a saved plan asks before it changes anything, and only"
    " `yes` is an approval. Where nobody can be asked, give --auto-approve or a saved plan.",
    "APP-OVERLAP": "Another run of syncer wrote the resource between the plan and its turn: two"
    " applies overlap, on machines that share no lock. It was left as it is. Let one job at a time"
    " apply to an integration, or share the lock with SYNCER_STATE_URL.",
    "APP-UNKNOWN": "A request was sent and no answer came that could be trusted. The resources"
    " were read back and are not as wanted; plan again.",
    "APP-UNSENT": "The run ended before these changes were sent.",
    "APP-UNVERIFIED": "Changes were accepted, and reading them back did not give what was sent:"
    " someone else wrote in between, or Clarify changed the values. `syncer plan` shows how.",
    # JRN, LCK, STA: the memory of applies.
    "JRN-CHAIN": "The journal of a run is not as it was written: a line was changed, removed, moved"
    " or added, or the file is a link or a pipe, or may not be read. Nothing is taken from it. Only"
    " the last line may be cut off, which happens when a run is killed while it writes.",
    "JRN-RUN": "No run of this ID is remembered here. `syncer history` lists those that are.",
    "JRN-WRITE": "The journal or the lock of an apply cannot be written, because the disk is full"
    " or read-only, or the folder belongs to somebody else. Every write is noted before it is sent,"
    " so nothing more is sent. plan, validate and history work without.",
    "LCK-HELD": "Another run is writing to the same integration, so this one did not begin. It is"
    " named with its process and machine. Wait for it to end.",
    "LCK-NONE": "There is no lock of this ID: the run has ended, and its lock with it.",
    "STA-CONNECT": "SYNCER_STATE_URL names a PostgreSQL server that could not be reached, or that"
    " refused the connection. Nothing was sent.",
    "STA-DRIVER": "SYNCER_STATE_URL names a PostgreSQL server, which needs the package psycopg:"
    ' pip install "clarify-syncer[postgres]".',
    "STA-FAILED": "The PostgreSQL server refused what syncer asked of it. The user of"
    " SYNCER_STATE_URL makes the schema `syncer` on first use, and reads and writes its tables.",
    "STA-LOST": "The connection to the PostgreSQL server ended, and with it the lock, so nothing"
    " more is sent. What was sent is noted, and the next run looks at it.",
    "STA-URL": "SYNCER_STATE_URL is a URL such as postgresql://user:password@host:5432/database,"
    " with reserved characters of user and password percent-encoded.",
    # CLI: the command line.
    "CLI-LIMIT": "A SYNCER_LIMIT_ variable is not a whole number, or lies beyond the largest"
    " value that is allowed.",
    "CLI-BUG": "An error that syncer did not expect. The report file says where it happened, with"
    " secrets masked.",
    "CLI-DB": "The file of the embedded Clarify cannot be opened, or holds something else.",
    "CLI-DB-IN-USE": "Another process holds the file of the embedded Clarify: another syncer"
    " command, or `syncer emulator`.",
    "CLI-ENV": "The command talks to an environment, and it is not clear to which. Name one with"
    " --env, SYNCER_ENV, or `default_environment` in syncer.yaml.",
    "CLI-FIELDS": "--fields takes names of fields, separated by commas: name,engUnit,labels.",
    "CLI-FILTER": "The filter is neither the name of one in the manifests nor a JSON object.",
    "CLI-IO": "A file or stream could not be read or written.",
    "CLI-NO-PROJECT": "There is no syncer.yaml in the folder or above it, up to the Git root.",
    "CLI-ORIGIN": "What is allowed as a further origin is a URL of scheme, host and port, as"
    " https://clarify.example.com; nothing else could ever match.",
    "CLI-DEADLINE": "SYNCER_DEADLINE is a number of seconds above zero.",
    "CLI-OUT": "New manifests go to a folder inside the project that a pattern of `manifests` in"
    " syncer.yaml looks into; elsewhere they would declare nothing. Links are not followed.",
    "CLI-RATE": "SYNCER_SELECTS_PER_SECOND and SYNCER_WRITES_PER_SECOND are numbers from 0; 0 is"
    " unpaced.",
    "CLI-PROJECT": "`syncer doctor` found errors in the project; `syncer validate` tells each.",
    "CLI-STATE": "A folder that runs need cannot be written to: .syncer, where apply keeps its"
    " journal and the embedded Clarify its data, or the one of locks in XDG_STATE_HOME.",
    "CLI-ROLLBACK": "A rollback is not itself taken back from its file; its run is.",
    "CLI-TARGET": "A --target or --exclude matches none of the declared resources, or a --retire"
    " none of the items that the project owns and does not declare, or the GLOB of pull or adopt"
    " nothing that is declared or that exists. It is an address"
    " glob in which `*` matches any text, a manifest file, or a folder.",
    "CLI-TOPIC": "`syncer explain` knows error codes, fields of manifests, and declared addresses.",
}
