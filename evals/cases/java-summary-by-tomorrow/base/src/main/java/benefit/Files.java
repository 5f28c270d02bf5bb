package benefit;

interface Files {
    CaseFile read(String number);
}

record CaseFile(String number, String text) {
}
