package benefit;

/** What a caseworker sees of a file. */
final class FilePage {
    private final Files files;
    private final Summaries summaries;

    FilePage(Files files, Summaries summaries) {
        this.files = files;
        this.summaries = summaries;
    }

    View open(String number) {
        var file = files.read(number);
        return new View(file, summaries.of(file));
    }

    record View(CaseFile file, String summary) {
    }
}
