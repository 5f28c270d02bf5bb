from bot.domain.review.recent_history import PastCommit, choose_commits, format_history
from bot.domain.secrets.detection import Redactor

DAY = 86400


def test_each_commit_has_its_age_its_subject_and_the_changed_files_that_it_touched() -> None:
    commits = [
        PastCommit(40, "Just\tnow", ("a.py",)),
        PastCommit(3 * DAY + 5, 'Revert "Cache answers"', ("a.py", "b.py")),
        PastCommit(400 * DAY, "x" * 200, ("a.py", "b.py", "c\n.py", "d.py", "e.py")),
    ]
    assert format_history(commits, str) == (
        "just before: Just now (a.py)\n"
        '3 days before: Revert "Cache answers" (a.py, b.py)\n'
        f"1 year before: {'x' * 120}… (a.py, b.py, c\\n.py and 2 more)\n"
    )


def test_a_secret_is_hidden_before_a_long_subject_is_cut() -> None:
    key = "ghp_" + "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8"
    shown = format_history([PastCommit(40, "x" * 90 + " " + key, ("a.py",))], Redactor().redact)
    assert "ghp_" not in shown
    assert "[redacted:" in shown


def test_a_busy_file_does_not_hide_the_history_of_a_quiet_one() -> None:
    busy = [PastCommit(n, f"busy {n}", ("busy.py",)) for n in range(50)]
    quiet = [PastCommit(60 + n, f"quiet {n}", ("quiet.py",)) for n in range(5)]
    chosen = [commit.subject for commit in choose_commits([*busy, *quiet], 2)]
    assert chosen == ["busy 0", "busy 1", "busy 2", "quiet 0", "quiet 1", "quiet 2"]
