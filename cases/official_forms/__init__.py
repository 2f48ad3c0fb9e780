"""The official forms of the campaign rules: statistics, quick report, feedback, two registers, supervision visit."""
