"""Due work: dispatching it, retrying it and sharing it out fairly."""
