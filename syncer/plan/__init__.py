"""What will change, decided without touching anything."""
