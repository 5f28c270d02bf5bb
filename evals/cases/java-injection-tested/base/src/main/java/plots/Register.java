package plots;

import java.util.Map;
import java.util.TreeMap;

/** Who has which plot. */
public final class Register {
    private final Map<Integer, String> tenants = new TreeMap<>();

    public void let(int plot, String member) {
        tenants.put(plot, member);
    }

    public void free(int plot) {
        tenants.remove(plot);
    }

    public String tenantOf(int plot) {
        return tenants.getOrDefault(plot, "");
    }
}
