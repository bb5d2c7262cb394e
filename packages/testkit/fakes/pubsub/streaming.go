package main

import (
	"context"
	"math/rand"
	"sync/atomic"
	"time"

	"cloud.google.com/go/pubsub/v2/apiv1/pubsubpb"
	"google.golang.org/grpc/metadata"
)

const (
	pollInterval = 5 * time.Millisecond
	mostAtOnce   = 100
)

// StreamingPull over pstest's Pull: it keeps to the stream's max_outstanding_messages, and ends with NOT_FOUND when
// the subscription goes; pstest's own does neither.
func (b *broker) StreamingPull(stream pubsubpb.Subscriber_StreamingPullServer) error {
	first, err := stream.Recv()
	if err != nil {
		return err
	}
	ctx, name := stream.Context(), first.Subscription
	if _, err := b.GetSubscription(ctx, &pubsubpb.GetSubscriptionRequest{Subscription: name}); err != nil {
		return err
	}
	if err := stream.SendHeader(metadata.MD{}); err != nil {
		return err
	}
	seconds := atomic.Int32{}
	seconds.Store(max(first.StreamAckDeadlineSeconds, 1))
	counts := b.of(name)
	mine := counts.open()
	defer counts.close()
	ended := make(chan error, 1)
	pings := make(chan struct{}, 1)
	go func() { ended <- b.listenTo(stream, name, &seconds, pings) }()
	for {
		select {
		case err := <-ended:
			return err
		case <-ctx.Done():
			return ctx.Err()
		case <-pings:
			if err := stream.Send(&pubsubpb.StreamingPullResponse{}); err != nil {
				return err
			}
			continue
		case <-time.After(pollInterval):
		}
		room := int64(mostAtOnce)
		if most := first.MaxOutstandingMessages; most > 0 {
			room = min(room, most-counts.holdsOf(mine))
		}
		if room <= 0 {
			continue
		}
		if err := b.send(ctx, stream, name, mine, int32(room), seconds.Load()); err != nil {
			return err
		}
	}
}

// send delivers what there is, in one response.
func (b *broker) send(ctx context.Context, stream pubsubpb.Subscriber_StreamingPullServer, name string, mine int, room, seconds int32) error {
	pulled, err := b.GServer.Pull(ctx, &pubsubpb.PullRequest{Subscription: name, MaxMessages: room, ReturnImmediately: true})
	if err != nil || len(pulled.ReceivedMessages) == 0 {
		return err
	}
	counts := b.of(name)
	res := &pubsubpb.StreamingPullResponse{}
	var ids, again []string
	for _, received := range pulled.ReceivedMessages {
		counts.deliveredTo(mine, received.AckId)
		res.ReceivedMessages = append(res.ReceivedMessages, b.seen(received))
		ids = append(ids, received.AckId)
		if rand.Float64() < b.again {
			again = append(again, received.AckId)
		}
	}
	_, _ = b.GServer.ModifyAckDeadline(ctx, &pubsubpb.ModifyAckDeadlineRequest{
		Subscription: name, AckIds: ids, AckDeadlineSeconds: seconds,
	})
	if err := stream.Send(res); err != nil {
		return err
	}
	if len(again) > 0 {
		_, _ = b.deadline(ctx, name, again, 0)
	}
	return nil
}

// listenTo follows what the client says on its stream: acknowledgements, deadlines, pings.
func (b *broker) listenTo(stream pubsubpb.Subscriber_StreamingPullServer, name string, seconds *atomic.Int32, pings chan<- struct{}) error {
	for {
		req, err := stream.Recv()
		if err != nil {
			return nil
		}
		if req.StreamAckDeadlineSeconds > 0 {
			seconds.Store(req.StreamAckDeadlineSeconds)
		}
		if len(req.AckIds) > 0 {
			_, _ = b.Acknowledge(context.Background(), &pubsubpb.AcknowledgeRequest{Subscription: name, AckIds: req.AckIds})
		}
		for i, id := range req.ModifyDeadlineAckIds {
			_, _ = b.deadline(context.Background(), name, []string{id}, req.ModifyDeadlineSeconds[i])
		}
		if len(req.AckIds)+len(req.ModifyDeadlineAckIds) == 0 {
			select {
			case pings <- struct{}{}:
			default:
			}
		}
	}
}
