"""How people, Apps, repositories and their parts look as JSON, in REST and in webhooks alike."""

from typing import Any
from urllib.parse import quote

from tests.fakes.github.model import (
    App,
    CheckRun,
    Comment,
    Installation,
    Pull,
    Reaction,
    Repository,
    User,
    when,
)
from tests.fakes.github.world import World

Shape = dict[str, Any]
CONTENTS = ("+1", "-1", "laugh", "hooray", "confused", "heart", "rocket", "eyes")

_USER_URLS = {
    "followers_url": "followers",
    "following_url": "following{/other_user}",
    "gists_url": "gists{/gist_id}",
    "starred_url": "starred{/owner}{/repo}",
    "subscriptions_url": "subscriptions",
    "organizations_url": "orgs",
    "repos_url": "repos",
    "events_url": "events{/privacy}",
    "received_events_url": "received_events",
}
_REPOSITORY_URLS = {
    "archive_url": "{archive_format}{/ref}",
    "assignees_url": "assignees{/user}",
    "blobs_url": "git/blobs{/sha}",
    "branches_url": "branches{/branch}",
    "collaborators_url": "collaborators{/collaborator}",
    "comments_url": "comments{/number}",
    "commits_url": "commits{/sha}",
    "compare_url": "compare/{base}...{head}",
    "contents_url": "contents/{+path}",
    "contributors_url": "contributors",
    "deployments_url": "deployments",
    "downloads_url": "downloads",
    "events_url": "events",
    "forks_url": "forks",
    "git_commits_url": "git/commits{/sha}",
    "git_refs_url": "git/refs{/sha}",
    "git_tags_url": "git/tags{/sha}",
    "hooks_url": "hooks",
    "issue_comment_url": "issues/comments{/number}",
    "issue_events_url": "issues/events{/number}",
    "issues_url": "issues{/number}",
    "keys_url": "keys{/key_id}",
    "labels_url": "labels{/name}",
    "languages_url": "languages",
    "merges_url": "merges",
    "milestones_url": "milestones{/number}",
    "notifications_url": "notifications{?since,all,participating}",
    "pulls_url": "pulls{/number}",
    "releases_url": "releases{/id}",
    "stargazers_url": "stargazers",
    "statuses_url": "statuses/{sha}",
    "subscribers_url": "subscribers",
    "subscription_url": "subscription",
    "tags_url": "tags",
    "teams_url": "teams",
    "trees_url": "git/trees{/sha}",
}


def user(world: World, person: User) -> Shape:
    url = f"{world.url}/users/{quote(person.login)}"  # sensei%5Bbot%5D
    page = f"apps/{person.login.removesuffix('[bot]')}" if person.kind == "Bot" else person.login
    return {
        "login": person.login,
        "id": person.id,
        "node_id": f"U_{person.id}",
        "avatar_url": f"{world.url}/avatars/{person.id}",
        "gravatar_id": "",
        "url": url,
        "html_url": f"{world.url}/{page}",
        **{name: f"{url}/{end}" for name, end in _USER_URLS.items()},
        "type": person.kind,
        "site_admin": False,
    }


def public_user(world: World, person: User) -> Shape:
    empty = dict.fromkeys(("name", "company", "location", "email", "hireable", "bio"))
    counts = dict.fromkeys(("public_repos", "public_gists", "followers", "following"), 0)
    times = {"created_at": when(person.created), "updated_at": when(person.updated)}
    return {**user(world, person), **empty, "blog": "", **counts, **times, "user_view_type": "public"}


def organization(world: World, person: User) -> Shape:
    url = f"{world.url}/orgs/{person.login}"
    ends = {"repos_url": "repos", "events_url": "events", "hooks_url": "hooks", "issues_url": "issues"}
    members = {"members_url": "members{/member}", "public_members_url": "public_members{/member}"}
    return {
        "login": person.login,
        "id": person.id,
        "node_id": f"O_{person.id}",
        "url": url,
        **{name: f"{url}/{end}" for name, end in {**ends, **members}.items()},
        "avatar_url": f"{world.url}/avatars/{person.id}",
        "description": "",
    }


def app(world: World, it: App) -> Shape:
    return {
        "id": it.id,
        "slug": it.slug,
        "node_id": f"A_{it.id}",
        "owner": None if it.owner_is_hidden else user(world, it.owner),
        "name": it.name or it.slug.title(),
        "description": "",
        "external_url": f"{world.url}/about/{it.slug}",
        "html_url": f"{world.url}/apps/{it.slug}",
        "created_at": when(it.created),
        "updated_at": when(it.updated),
        "permissions": it.permissions,
        "events": it.events,
    }


def hook(it: App) -> Shape:
    said = {"content_type": it.content_type, "insecure_ssl": "0", "url": it.webhook_url or ""}
    return {**said, "secret": "********"} if it.webhook_secret else said


def installation(world: World, it: Installation) -> Shape:
    return {
        "id": it.id,
        "account": user(world, it.account),
        "repository_selection": it.selection,
        "access_tokens_url": f"{world.url}/app/installations/{it.id}/access_tokens",
        "repositories_url": f"{world.url}/installation/repositories",
        "html_url": f"{world.url}/settings/installations/{it.id}",
        "app_id": it.app.id,
        "app_slug": it.app.slug,
        "target_id": it.account.id,
        "target_type": it.account.kind,
        "permissions": it.permissions,
        "events": it.app.events,
        "created_at": when(it.created),
        "updated_at": when(it.updated),
        "single_file_name": None,
        "has_multiple_single_files": False,
        "single_file_paths": [],
        "suspended_by": user(world, it.suspended_by) if it.suspended_by else None,
        "suspended_at": when(it.suspended),
    }


def repository(world: World, it: Repository) -> Shape:
    url = f"{world.url}/repos/{it.full_name}"
    page = f"{world.url}/{it.full_name}"
    opened = sum(pull.state == "open" for pull in it.pulls.values())
    return {
        "id": it.id,
        "node_id": f"R_{it.id}",
        "name": it.name,
        "full_name": it.full_name,
        "private": it.private,
        "owner": user(world, it.owner),
        "html_url": page,
        "description": None,
        "fork": it.fork_of is not None,
        "url": url,
        **{name: f"{url}/{end}" for name, end in _REPOSITORY_URLS.items()},
        "created_at": when(it.created),
        "updated_at": when(it.updated),
        "pushed_at": when(it.updated),
        "git_url": page.replace("http:", "git:") + ".git",
        "ssh_url": f"git@localhost:{it.full_name}.git",
        "clone_url": f"{page}.git",
        "svn_url": page,
        "homepage": None,
        "size": 1,
        **dict.fromkeys(("stargazers_count", "watchers_count", "forks_count", "forks", "watchers"), 0),
        "language": None,
        **dict.fromkeys(("has_issues", "has_projects", "has_downloads", "has_wiki"), True),
        **dict.fromkeys(("has_pages", "has_discussions", "archived", "disabled", "is_template"), False),
        "mirror_url": None,
        "open_issues_count": opened,
        "open_issues": opened,
        "license": None,
        "allow_forking": True,
        "web_commit_signoff_required": False,
        "topics": [],
        "visibility": "private" if it.private else "public",
        "default_branch": it.default_branch,
        "custom_properties": {},
    }


def full_repository(world: World, it: Repository) -> Shape:
    more: Shape = {"network_count": 0, "subscribers_count": 0}
    if it.fork_of:
        more |= dict.fromkeys(("parent", "source"), repository(world, it.fork_of))
    return {**repository(world, it), **more}


def short_repository(it: Repository) -> Shape:
    """What the events of installations say of a repository."""
    names = {"name": it.name, "full_name": it.full_name, "private": it.private}
    return {"id": it.id, "node_id": f"R_{it.id}", **names}


def reaction(world: World, it: Reaction) -> Shape:
    return {
        "id": it.id,
        "node_id": f"REA_{it.id}",
        "user": user(world, it.user),
        "content": it.content,
        "created_at": when(it.created),
    }


def reactions(url: str, it: Comment | None) -> Shape:
    given = [reaction.content for reaction in it.reactions] if it else []
    counts = {content: given.count(content) for content in CONTENTS}
    return {"url": f"{url}/reactions", "total_count": len(given), **counts}


def association(it: Repository, person: User) -> str:
    if person is it.owner:
        return "OWNER"
    if person.login in it.collaborators:
        return "MEMBER" if it.owner.kind == "Organization" else "COLLABORATOR"
    return "NONE"


def check_run(world: World, it: CheckRun) -> Shape:
    url = f"{world.url}/repos/{it.repository.full_name}/check-runs/{it.id}"
    return {
        "id": it.id,
        "head_sha": it.head_sha,
        "node_id": f"CR_{it.id}",
        "external_id": it.external_id,
        "url": url,
        "html_url": f"{world.url}/{it.repository.full_name}/runs/{it.id}",
        "details_url": it.details_url or f"{world.url}/about/{it.app.slug}",
        "status": it.status,
        "conclusion": it.conclusion,
        "started_at": it.started,
        "completed_at": it.completed,
        "output": {
            **{name: it.output.get(name) for name in ("title", "summary", "text")},
            "annotations_count": len(it.output.get("annotations", [])),
            "annotations_url": f"{url}/annotations",
        },
        "name": it.name,
        "check_suite": {"id": it.suite},
        "app": app(world, it.app),
        "pull_requests": check_pulls(world, it.repository, it.head_sha),
    }


def check_pulls(world: World, it: Repository, sha: str) -> list[Shape]:
    """The open pull requests of a commit; those from forks are left out."""
    return [
        check_pull(world, pull)
        for pull in it.pulls.values()
        if pull.head_sha == sha and not pull.closed and pull.head_repository is it
    ]


def check_pull(world: World, pull: Pull) -> Shape:
    def end(ref: str, sha: str, it: Repository) -> Shape:
        known = {"id": it.id, "url": f"{world.url}/repos/{it.full_name}", "name": it.name}
        return {"ref": ref, "sha": sha, "repo": known}

    return {
        "url": f"{world.url}/repos/{pull.repository.full_name}/pulls/{pull.number}",
        "id": pull.id,
        "number": pull.number,
        "head": end(pull.head, pull.head_sha, pull.head_repository),
        "base": end(pull.base, pull.base_sha, pull.repository),
    }
