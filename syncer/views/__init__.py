"""Plans, outcomes and findings as text."""
