"""What several tests make their worlds with."""
