package dev.kiln.bittensor.wire;

import dev.kiln.core.Header;
import dev.kiln.core.Refusal;
import dev.kiln.core.Refused;
import dev.kiln.core.RequestHead;

/// `Authorization: Bearer <key>`, as OpenAI's clients send it.
final class ApiKeyDialect implements Dialect {
    static final String NAME = "api-key";

    private static final String AUTHORIZATION = "Authorization";
    private static final String SCHEME = "Bearer";

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public boolean marks(Header header) {
        String value = header.value();
        return header.name().equalsIgnoreCase(AUTHORIZATION)
                && value.regionMatches(true, 0, SCHEME, 0, SCHEME.length())
                && (value.length() == SCHEME.length() || value.charAt(SCHEME.length()) == ' ');
    }

    @Override
    public Claim read(RequestHead head) throws Refused {
        var values = head.values(AUTHORIZATION);
        if (values.size() != 1) {
            throw new Refused(Refusal.AUTH_DUPLICATE_HEADER, "Authorization came twice");
        }
        return new Claim.Keyed(values.getFirst().substring(SCHEME.length()).strip());
    }
}
