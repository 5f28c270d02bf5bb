package enrolment;

import java.time.DayOfWeek;
import java.time.LocalDate;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** The day by which a school must have the papers of a child. */
record Deadline(LocalDate day) {
    private static final DateTimeFormatter WRITTEN = DateTimeFormatter.ofPattern("dd.MM.YYYY", Locale.GERMANY);

    /** Four weeks after the letter; a Saturday or Sunday becomes the Monday after it. */
    static Deadline of(LocalDate letter) {
        var day = letter.plusWeeks(4);
        while (day.getDayOfWeek() == DayOfWeek.SATURDAY || day.getDayOfWeek() == DayOfWeek.SUNDAY) {
            day = day.plusDays(1);
        }
        return new Deadline(day);
    }

    String written() {
        return WRITTEN.format(day);
    }
}
