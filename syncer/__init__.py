"""Config-as-code for Clarify: plan and apply signal and item metadata from YAML in Git."""
