"""From text to desired state."""
