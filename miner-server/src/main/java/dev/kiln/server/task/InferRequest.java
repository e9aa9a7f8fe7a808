package dev.kiln.server.task;

import static dev.kiln.server.task.StrictJson.bad;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.exc.InputCoercionException;
import dev.kiln.core.Refused;
import dev.kiln.core.RequestHead;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/// The body of an `infer`: JSON alone, or JSON and behind it the tensors' bytes in the order of the inputs.
///
/// The JSON must end where `Inference-Header-Content-Length` says and the bytes must be exactly those that the inputs
/// claim, so no change of that header, which no dialect signs, makes two readings of one body.
///
/// @param id given back with the answer
/// @param inputs names are distinct
/// @param outputs asked for one by one, names distinct; empty for all
/// @param binary whether outputs come in binary form where nothing else is said
record InferRequest(Optional<String> id, List<Value> inputs, List<Wanted> outputs, boolean binary) {
    static final String HEADER = "Inference-Header-Content-Length";

    private static final Pattern LENGTH = Pattern.compile("[0-9]{1,10}");

    /// An output asked for.
    ///
    /// @param binary empty where nothing is said
    /// @param classes how many labels to tell instead of probabilities; 0 for none
    record Wanted(String name, Optional<Boolean> binary, int classes) {}

    /// Bytes of JSON at the body's beginning.
    static int jsonSize(RequestHead head, byte[] body) throws Refused {
        List<String> stated = head.values(HEADER);
        if (stated.isEmpty()) {
            return body.length;
        }
        if (stated.size() > 1 || !LENGTH.matcher(stated.getFirst()).matches()) {
            throw bad(HEADER + " must be one whole number");
        }
        long size = Long.parseLong(stated.getFirst());
        if (size > body.length) {
            throw bad("%s is %d, the body has %d bytes".formatted(HEADER, size, body.length));
        }
        return (int) size;
    }

    static InferRequest read(RequestHead head, byte[] body) throws Refused {
        int size = jsonSize(head, body);
        CharBuffer chars = StrictJson.text(ByteBuffer.wrap(body, 0, size), "the JSON");
        try (JsonParser json = StrictJson.parser(chars)) {
            return new InferReader(json, chars, ByteBuffer.wrap(body, size, body.length - size))
                    .read();
        } catch (InputCoercionException _) {
            throw bad("a number is beyond 64 bits");
        } catch (JacksonException e) {
            throw StrictJson.notJson(e);
        } catch (IOException e) {
            throw new IllegalStateException("this is a bug: an array cannot fail to be read", e);
        }
    }
}
