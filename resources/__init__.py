"""What a response can call on: partner agencies, experts, materials, and people who were trained for it."""
