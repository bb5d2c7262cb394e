// Sends events with the CloudEvents SDK for Go, or receives them and prints what the SDK made of them.
//
//	interop send FILE URL    each event of FILE in binary and in structured mode, then all in a batch
//	interop receive          prints `ready URL`, then one JSON line for each event
package main

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"log"
	"net"
	"net/http"
	"os"
	"strings"
	"time"

	"github.com/cloudevents/sdk-go/v2/binding"
	"github.com/cloudevents/sdk-go/v2/event"
	cehttp "github.com/cloudevents/sdk-go/v2/protocol/http"
	"github.com/cloudevents/sdk-go/v2/types"
)

type sample struct {
	Attributes map[string]string `json:"attributes"`
	Extensions map[string]any    `json:"extensions"`
	Data       *string           `json:"data"`
}

func main() {
	log.SetFlags(0)
	if len(os.Args) == 4 && os.Args[1] == "send" {
		send(os.Args[2], os.Args[3])
	} else if len(os.Args) == 2 && os.Args[1] == "receive" {
		receive()
	} else {
		log.Fatal("usage: interop send FILE URL | receive")
	}
}

func send(file, url string) {
	text, err := os.ReadFile(file)
	check(err)
	var samples []sample
	check(json.Unmarshal(text, &samples))
	var batch []event.Event
	for _, one := range samples {
		for _, mode := range []string{"binary", "structured"} {
			made := one.event(mode)
			ctx := binding.WithForceBinary(context.Background())
			if mode == "structured" {
				ctx = binding.WithForceStructured(context.Background())
			}
			request, err := http.NewRequestWithContext(ctx, http.MethodPost, url, nil)
			check(err)
			check(cehttp.WriteRequest(ctx, binding.ToMessage(&made), request))
			answer(made.ID(), request)
		}
		batch = append(batch, one.event("batch"))
	}
	request, err := cehttp.NewHTTPRequestFromEvents(context.Background(), url, batch)
	check(err)
	answer("batch", request)
}

func answer(id string, request *http.Request) {
	response, err := http.DefaultClient.Do(request)
	check(err)
	response.Body.Close()
	printLine(map[string]any{"id": id, "status": response.StatusCode})
}

func (one sample) event(mode string) event.Event {
	made := event.New()
	for name, value := range one.Attributes {
		switch name {
		case "id":
			made.SetID(mode + "-" + value)
		case "source":
			made.SetSource(value)
		case "type":
			made.SetType(value)
		case "subject":
			made.SetSubject(value)
		case "time":
			at, err := types.ParseTime(value)
			check(err)
			made.SetTime(at)
		case "dataschema":
			made.SetDataSchema(value)
		}
	}
	for name, value := range one.Extensions {
		if number, ok := value.(float64); ok {
			value = int32(number)
		}
		made.SetExtension(name, value)
	}
	if one.Data != nil {
		data, err := base64.StdEncoding.DecodeString(*one.Data)
		check(err)
		contentType := one.Attributes["datacontenttype"]
		switch {
		case contentType == "application/json":
			check(made.SetData(contentType, json.RawMessage(data)))
		case strings.HasPrefix(contentType, "text/"):
			check(made.SetData(contentType, string(data)))
		default:
			check(made.SetData(contentType, data))
		}
	}
	check(made.Validate())
	return made
}

func receive() {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	check(err)
	fmt.Printf("ready http://%s/\n", listener.Addr())
	handler := http.HandlerFunc(func(response http.ResponseWriter, request *http.Request) {
		got, err := cehttp.NewEventFromHTTPRequest(request)
		if err != nil {
			printLine(map[string]any{"error": err.Error()})
			response.WriteHeader(http.StatusBadRequest)
			return
		}
		printLine(show(*got))
		response.WriteHeader(http.StatusNoContent)
	})
	check(http.Serve(listener, handler))
}

func show(got event.Event) map[string]any {
	attributes := map[string]any{"specversion": got.SpecVersion(), "id": got.ID(), "source": got.Source(), "type": got.Type()}
	if got.Subject() != "" {
		attributes["subject"] = got.Subject()
	}
	if got.DataSchema() != "" {
		attributes["dataschema"] = got.DataSchema()
	}
	if got.DataContentType() != "" {
		attributes["datacontenttype"] = got.DataContentType()
	}
	if !got.Time().IsZero() {
		attributes["time"] = got.Time().Format(time.RFC3339Nano)
	}
	for name, value := range got.Extensions() {
		text, err := types.Format(value)
		check(err)
		attributes[name] = text
	}
	shown := map[string]any{"attributes": attributes}
	if got.Data() != nil {
		shown["data"] = base64.StdEncoding.EncodeToString(got.Data())
	}
	return shown
}

func printLine(value any) {
	line, err := json.Marshal(value)
	check(err)
	fmt.Println(string(line))
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
