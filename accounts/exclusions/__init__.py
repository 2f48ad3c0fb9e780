"""Who sees nothing of one thing, although a post would let them: recusal, and accusations kept from whom they name."""
