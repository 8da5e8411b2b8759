"""Near misses: questions changed so that their text no longer answers them; and typing noise."""
