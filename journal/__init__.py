"""The append-only record of everything official: `journal.record.record()` in, numbered entries out."""
