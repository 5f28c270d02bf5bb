"""Set-up pages, settings and the results of health checks."""
