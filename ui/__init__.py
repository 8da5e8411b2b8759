"""What people see: command line, rendering, chat."""
