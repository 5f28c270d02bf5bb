package enrolment;

/** The letter to the parents of a child. */
record Letter(String parents, String child, String school, Deadline deadline) {
    String text() {
        return """
                Dear %s,

                %s has a place at %s. The school must have the papers by %s. After that day, the place goes to the
                next child.
                """.formatted(parents, child, school, deadline.written());
    }
}
