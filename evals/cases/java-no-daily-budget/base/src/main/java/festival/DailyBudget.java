package festival;

import java.time.Clock;
import java.time.LocalDate;

/** What the guide may spend in a day. */
final class DailyBudget {
    private static final double LIMIT_EUR = 60;
    private static final double ANSWER_EUR = 0.004;

    private final Clock clock;
    private LocalDate day;
    private double spent;

    DailyBudget(Clock clock) {
        this.clock = clock;
    }

    synchronized boolean tryTake() {
        var today = LocalDate.now(clock);
        if (!today.equals(day)) {
            day = today;
            spent = 0;
        }
        if (spent + ANSWER_EUR > LIMIT_EUR) {
            return false;
        }
        spent += ANSWER_EUR;
        return true;
    }
}
