using System.Text.Json;

namespace AgentMesh.Sidecar.PubSub;

/// <summary>A stored message made ready for the app: its envelope and where it goes; or why it does not go there.</summary>
/// <param name="Delivery">What the broker gave.</param>
/// <param name="Body">The envelope's bytes.</param>
/// <param name="Envelope">The envelope.</param>
/// <param name="Path">The app's path; null: not to be delivered.</param>
/// <param name="Refusal">Why it is not to be delivered.</param>
internal sealed record IncomingEvent(BrokerDelivery Delivery, byte[] Body, JsonElement Envelope, string? Path, string Refusal)
{
    /// <summary>Decodes and routes (dapr: pkg/runtime/subscription/subscription.go).</summary>
    public static IncomingEvent Read(Subscription subscription, BrokerDelivery delivery, DateTimeOffset now, Func<Guid> newId)
    {
        var body = subscription.IsRaw
            ? CloudEvent.WrapRaw(delivery.Message.Data, subscription.PubSub, subscription.Topic, newId())
            : delivery.Message.Data;
        if (JsonText.TryParse(body) is not { ValueKind: JsonValueKind.Object } envelope)
            return new IncomingEvent(delivery, body, default, null, "it is not a CloudEvent");
        if (CloudEvent.HasExpired(envelope, now))
            return new IncomingEvent(delivery, body, envelope, null, "it has expired");
        try
        {
            return new IncomingEvent(delivery, body, envelope, subscription.Route(envelope), "no rule matches");
        }
        catch (FormatException failed)
        {
            return new IncomingEvent(delivery, body, envelope, null, failed.Message);
        }
    }
}
