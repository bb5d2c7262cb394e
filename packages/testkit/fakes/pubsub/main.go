// pubsub-fake serves Google's in-memory Pub/Sub fake (package pstest) on one address, with what tests need beside
// it: streaming pull that keeps to flow control as Google's does, message ids that are never used twice, a journal
// that outlives the process, Google's refusals for projects of certain names, and counters.
//
//	pubsub-fake ADDRESS CONTROL-ADDRESS [JOURNAL]
package main

import (
	"fmt"
	"net"
	"net/http"
	"os"
	"time"

	"cloud.google.com/go/pubsub/v2/apiv1/pubsubpb"
	"cloud.google.com/go/pubsub/v2/pstest"
	"google.golang.org/grpc"
)

func main() {
	if len(os.Args) < 3 {
		fail("usage: pubsub-fake ADDRESS CONTROL-ADDRESS [JOURNAL]")
	}
	pstest.SetMinAckDeadline(time.Second) // Pub/Sub's own minimum is 10 s: too slow for tests
	broker := newBroker(pstest.NewServer())
	if len(os.Args) > 3 {
		if err := broker.openJournal(os.Args[3]); err != nil {
			fail(err)
		}
	}
	listener := listen(os.Args[1])
	control := listen(os.Args[2])
	go func() { fail(http.Serve(control, broker.control())) }()

	server := grpc.NewServer(grpc.UnaryInterceptor(refuseUnary), grpc.StreamInterceptor(refuseStream))
	pubsubpb.RegisterPublisherServer(server, broker)
	pubsubpb.RegisterSubscriberServer(server, broker)
	fmt.Println("listening on", listener.Addr(), control.Addr())
	fail(server.Serve(listener))
}

func listen(address string) net.Listener {
	listener, err := net.Listen("tcp", address)
	if err != nil {
		fail(err)
	}
	return listener
}

func fail(why any) {
	fmt.Fprintln(os.Stderr, why)
	os.Exit(1)
}
