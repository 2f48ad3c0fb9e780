"""Three numbers that must agree: reported, registered, dealt with."""
