"""Pure decisions: no input or output, no service, no database, no clock."""
