"""The GitHub adapter: Sensei acts as a GitHub App, through PyGithub."""

from bot.adapters.github.app_tokens import GitHubApp
from bot.adapters.github.code_host import GitHubHost
from bot.adapters.github.own_app import GitHubOwnApp, ManifestRegistrar

__all__ = ["GitHubApp", "GitHubHost", "GitHubOwnApp", "ManifestRegistrar"]
