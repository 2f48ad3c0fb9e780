"""What may be agreed about a clock that runs: an extension, a pause. Never shorter than the law, never past its maximum."""
