"""What Sensei says in Slack: texts that are inert, blocks that Slack takes."""
