package main

import (
	"context"
	"fmt"
	"math/rand"
	"strings"
	"sync"
	"time"

	"cloud.google.com/go/pubsub/v2/apiv1/pubsubpb"
	"cloud.google.com/go/pubsub/v2/pstest"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/emptypb"
)

// broker is pstest with ids, counters and a journal of its own.
type broker struct {
	*pstest.GServer

	mu     sync.Mutex
	epoch  int64
	public map[string]string    // pstest's id of a message → the one that clients see
	counts map[string]*counters // by subscription
	lossy  float64              // how likely an acknowledgement is taken for a nack
	again  float64              // how likely a delivery is made once more at once
	log    *journal
}

func newBroker(server *pstest.Server) *broker {
	return &broker{
		GServer: &server.GServer,
		epoch:   time.Now().UnixMicro(),
		public:  map[string]string{},
		counts:  map[string]*counters{},
	}
}

// Publish answers with ids that no run of this fake has used before, as Google's are never used twice.
func (b *broker) Publish(ctx context.Context, req *pubsubpb.PublishRequest) (*pubsubpb.PublishResponse, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	res, err := b.GServer.Publish(ctx, req)
	if err != nil {
		return nil, err
	}
	ids := make([]string, len(res.MessageIds))
	for i, id := range res.MessageIds {
		ids[i] = fmt.Sprintf("%d%06s", b.epoch, strings.TrimPrefix(id, "m"))
		b.public[id] = ids[i]
		b.log.published(req.Topic, ids[i], req.Messages[i])
	}
	b.log.flush()
	return &pubsubpb.PublishResponse{MessageIds: ids}, nil
}

// CreateSubscription does what Pub/Sub does with a subscription that names no deadline; pstest refuses it.
func (b *broker) CreateSubscription(ctx context.Context, sub *pubsubpb.Subscription) (*pubsubpb.Subscription, error) {
	if sub.AckDeadlineSeconds == 0 {
		sub.AckDeadlineSeconds = 10
	}
	kept := proto.Clone(sub).(*pubsubpb.Subscription)
	res, err := b.GServer.CreateSubscription(ctx, sub)
	if err == nil {
		b.log.subscription(kept)
	}
	return res, err
}

func (b *broker) DeleteSubscription(ctx context.Context, req *pubsubpb.DeleteSubscriptionRequest) (*emptypb.Empty, error) {
	res, err := b.GServer.DeleteSubscription(ctx, req)
	if err == nil {
		b.log.gone(req.Subscription)
	}
	return res, err
}

func (b *broker) CreateTopic(ctx context.Context, topic *pubsubpb.Topic) (*pubsubpb.Topic, error) {
	kept := proto.Clone(topic).(*pubsubpb.Topic)
	res, err := b.GServer.CreateTopic(ctx, topic)
	if err == nil {
		b.log.topic(kept)
	}
	return res, err
}

func (b *broker) DeleteTopic(ctx context.Context, req *pubsubpb.DeleteTopicRequest) (*emptypb.Empty, error) {
	res, err := b.GServer.DeleteTopic(ctx, req)
	if err == nil {
		b.log.gone(req.Topic)
	}
	return res, err
}

func (b *broker) Acknowledge(ctx context.Context, req *pubsubpb.AcknowledgeRequest) (*emptypb.Empty, error) {
	taken, lost := b.lose(req.AckIds)
	if len(lost) > 0 {
		b.deadline(ctx, req.Subscription, lost, 0)
	}
	b.of(req.Subscription).acked(taken)
	b.mu.Lock()
	for _, id := range taken {
		b.log.acknowledged(req.Subscription, b.public[messageOf(id)])
	}
	b.log.flush()
	b.mu.Unlock()
	return b.GServer.Acknowledge(ctx, &pubsubpb.AcknowledgeRequest{Subscription: req.Subscription, AckIds: taken})
}

func (b *broker) ModifyAckDeadline(ctx context.Context, req *pubsubpb.ModifyAckDeadlineRequest) (*emptypb.Empty, error) {
	return b.deadline(ctx, req.Subscription, req.AckIds, req.AckDeadlineSeconds)
}

func (b *broker) deadline(ctx context.Context, sub string, ids []string, seconds int32) (*emptypb.Empty, error) {
	if seconds == 0 {
		b.of(sub).nacked(ids)
	} else {
		b.of(sub).extended(len(ids))
	}
	return b.GServer.ModifyAckDeadline(ctx, &pubsubpb.ModifyAckDeadlineRequest{
		Subscription: sub, AckIds: ids, AckDeadlineSeconds: seconds,
	})
}

// lose tells the acknowledgements that are taken from those that count as nacks.
func (b *broker) lose(ids []string) (taken, lost []string) {
	for _, id := range ids {
		if rand.Float64() < b.lossy {
			lost = append(lost, id)
		} else {
			taken = append(taken, id)
		}
	}
	return taken, lost
}

// seen is a message as clients see it: with the id that is never used twice.
func (b *broker) seen(received *pubsubpb.ReceivedMessage) *pubsubpb.ReceivedMessage {
	copied := proto.Clone(received).(*pubsubpb.ReceivedMessage)
	b.mu.Lock()
	defer b.mu.Unlock()
	copied.Message.MessageId = b.public[copied.Message.MessageId]
	return copied
}

func (b *broker) Pull(ctx context.Context, req *pubsubpb.PullRequest) (*pubsubpb.PullResponse, error) {
	res, err := b.GServer.Pull(ctx, req)
	if err != nil {
		return nil, err
	}
	for i, received := range res.ReceivedMessages {
		b.of(req.Subscription).delivered(received.AckId)
		res.ReceivedMessages[i] = b.seen(received)
	}
	return res, nil
}

// messageOf is pstest's id of the message that an acknowledgement id is for.
func messageOf(ackID string) string {
	id, _, _ := strings.Cut(ackID, ":")
	return id
}
