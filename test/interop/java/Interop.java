import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.cloudevents.CloudEvent;
import io.cloudevents.core.builder.CloudEventBuilder;
import io.cloudevents.http.HttpMessageFactory;
import io.cloudevents.jackson.JsonCloudEventData;
import io.cloudevents.jackson.JsonFormat;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.OffsetDateTime;
import java.util.concurrent.Executors;

/**
 * Sends events with the CloudEvents SDK for Java, or receives them and prints what the SDK made of them.
 *
 * <pre>
 * Interop.java send FILE URL    each event of FILE in binary and in structured mode
 * Interop.java receive          prints `ready URL`, then one JSON line for each event
 * </pre>
 */
class Interop {
    static final ObjectMapper json = new ObjectMapper();
    static final HttpClient client = HttpClient.newHttpClient();

    public static void main(String[] args) throws Exception {
        if (args.length == 3 && args[0].equals("send")) send(Path.of(args[1]), URI.create(args[2]));
        else if (args.length == 1 && args[0].equals("receive")) receive();
        else throw new IllegalArgumentException("usage: Interop.java send FILE URL | receive");
    }

    static void send(Path file, URI url) throws Exception {
        for (JsonNode sample : json.readTree(file.toFile())) {
            for (String mode : new String[] {"binary", "structured"}) {
                CloudEvent event = made(sample, mode);
                HttpRequest.Builder request = HttpRequest.newBuilder(url);
                request.POST(HttpRequest.BodyPublishers.noBody());
                var writer = HttpMessageFactory.createWriter(
                        request::header, body -> request.POST(publisher(body)));
                try {
                    if (mode.equals("binary")) writer.writeBinary(event);
                    else writer.writeStructured(event, new JsonFormat());
                } catch (IllegalArgumentException unsendable) {
                    printLine(json.createObjectNode().put("id", event.getId()).put("error", unsendable.getMessage()));
                    continue;
                }
                int status = client.send(request.build(), HttpResponse.BodyHandlers.discarding()).statusCode();
                printLine(json.createObjectNode().put("id", event.getId()).put("status", status));
            }
        }
    }

    /** The SDK gives null where there is no data. */
    static HttpRequest.BodyPublisher publisher(byte[] body) {
        return body == null ? HttpRequest.BodyPublishers.noBody() : HttpRequest.BodyPublishers.ofByteArray(body);
    }

    static CloudEvent made(JsonNode sample, String mode) throws IOException {
        JsonNode attributes = sample.get("attributes");
        CloudEventBuilder builder = CloudEventBuilder.v1()
                .withId(mode + "-" + attributes.get("id").asText())
                .withSource(URI.create(attributes.get("source").asText()))
                .withType(attributes.get("type").asText());
        if (attributes.has("subject")) builder.withSubject(attributes.get("subject").asText());
        if (attributes.has("time")) builder.withTime(OffsetDateTime.parse(attributes.get("time").asText()));
        if (attributes.has("dataschema")) builder.withDataSchema(URI.create(attributes.get("dataschema").asText()));
        var extensions = sample.path("extensions").fields();
        while (extensions.hasNext()) {
            var extension = extensions.next();
            JsonNode value = extension.getValue();
            if (value.isBoolean()) builder.withExtension(extension.getKey(), value.asBoolean());
            else if (value.isInt()) builder.withExtension(extension.getKey(), value.asInt());
            else builder.withExtension(extension.getKey(), value.asText());
        }
        if (sample.has("data")) {
            byte[] data = sample.get("data").binaryValue();
            String type = attributes.path("datacontenttype").asText();
            if (type.equals("application/json")) builder.withData(type, JsonCloudEventData.wrap(json.readTree(data)));
            else builder.withData(type, data);
        }
        return builder.build();
    }

    static void receive() throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(Executors.newFixedThreadPool(4));
        server.createContext("/", Interop::take);
        server.start();
        System.out.println("ready http://127.0.0.1:" + server.getAddress().getPort() + "/");
    }

    static void take(HttpExchange exchange) throws IOException {
        byte[] body = exchange.getRequestBody().readAllBytes();
        int status = 204;
        try {
            var reader = HttpMessageFactory.createReaderFromMultimap(exchange.getRequestHeaders(), body);
            printLine(shown(reader.toEvent()));
        } catch (RuntimeException problem) {
            printLine(json.createObjectNode().put("error", problem.toString()));
            status = 400;
        }
        exchange.sendResponseHeaders(status, -1);
        exchange.close();
    }

    static ObjectNode shown(CloudEvent event) {
        ObjectNode attributes = json.createObjectNode();
        for (String name : event.getAttributeNames()) attributes.put(name, String.valueOf(event.getAttribute(name)));
        for (String name : event.getExtensionNames()) attributes.put(name, String.valueOf(event.getExtension(name)));
        ObjectNode shown = json.createObjectNode().set("attributes", attributes);
        if (event.getData() != null) shown.put("data", event.getData().toBytes());
        return shown;
    }

    static synchronized void printLine(JsonNode line) {
        System.out.println(line);
    }
}
