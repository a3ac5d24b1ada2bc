"""Across assignments: groups and years compared, the bank's statistics, who needs help."""
