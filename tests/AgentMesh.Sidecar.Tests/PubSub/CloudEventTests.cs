using System.Text;
using System.Text.Json;
using AgentMesh.Sidecar.PubSub;

namespace AgentMesh.Sidecar.Tests.PubSub;

public sealed class CloudEventTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 2, 3, 4, 5, 678, TimeSpan.FromHours(2));

    private static readonly Guid Id = new("00000000-0000-0000-0000-000000000007");

    [Fact]
    public void Envelope_HasDaprsMembers_Sorted() => Assert.Equal(
        """{"data":{"a":{"x":9007199254740993,"y":1.10},"b":[2,1]},"datacontenttype":"application/json; charset=utf-8","expiration":"2026-01-02T01:05:05Z","id":"00000000-0000-0000-0000-000000000007","pubsubname":"pubsub","source":"app","specversion":"1.0","time":"2026-01-02T03:04:05+02:00","topic":"orders","traceid":"00-1-2-01","traceparent":"00-1-2-01","tracestate":"s","type":"com.dapr.event.sent"}""",
        Wrap("""{"b":[2,1],"a":{"y":1.10,"x":9007199254740993}}""", "application/json; charset=utf-8", ("TTLInSeconds", "60")));

    [Theory]
    [InlineData("application/json", "1", "data", "1")]
    [InlineData("APPLICATION/JSON", "\"x\"", "data", "\"x\"")]
    [InlineData("application/json", "{broken", "data", "\"{broken\"")]
    [InlineData("application/json", "", "data", "\"\"")]
    [InlineData("text/plain", "{}", "data", "\"{}\"")]
    [InlineData("application/vnd.x+json", "{}", "data", "\"{}\"")]
    [InlineData("application/octet-stream", "ab", "data_base64", "\"YWI=\"")]
    [InlineData("application/cloudevents+protobuf", "ab", "data_base64", "\"YWI=\"")]
    [InlineData(null, "ab", "data", "\"ab\"")]
    [InlineData("", "ab", "data", "\"ab\"")]
    public void Data_IsKeptByItsContentType(string? contentType, string data, string member, string expected)
    {
        using var document = JsonDocument.Parse(Wrap(data, contentType));
        Assert.Equal(expected, document.RootElement.GetProperty(member).GetRawText());
        Assert.False(document.RootElement.TryGetProperty(member == "data" ? "data_base64" : "data", out _));
        Assert.Equal(string.IsNullOrEmpty(contentType) ? "text/plain" : contentType, document.RootElement.GetProperty("datacontenttype").GetString());
    }

    [Theory]
    [InlineData("id")]
    [InlineData("source")]
    [InlineData("type")]
    [InlineData("subject")]
    [InlineData("traceid")]
    [InlineData("traceparent")]
    [InlineData("tracestate")]
    public void Overrides_AreTakenWithoutRegardToCase(string member)
    {
        using var document = JsonDocument.Parse(Wrap("1", "application/json", ("CloudEvent." + member, "mine")));
        Assert.Equal("mine", document.RootElement.GetProperty(member).GetString());
    }

    [Theory]
    [InlineData("0")]
    [InlineData("-1")]
    [InlineData("soon")]
    [InlineData("9223372036854775807")]
    public void Ttl_ThatIsNone_IsIgnored(string ttl) => Assert.DoesNotContain("expiration", Wrap("1", "application/json", ("ttlInSeconds", ttl)), StringComparison.Ordinal);

    [Fact]
    public void CloudEvent_IsKept_ItsTopicReplaced_WhatIsMissingFilled() => Assert.Equal(
        """{"data":1,"extra":"kept","id":"mine","pubsubname":"pubsub","source":"Dapr","specversion":"1.0","time":"yesterday","topic":"orders","traceid":"00-1-2-01","traceparent":"theirs","tracestate":"s","type":"com.dapr.event.sent"}""",
        Wrap("""{"id":"mine","data":1,"topic":"other","extra":"kept","time":"yesterday","traceparent":"theirs","type":null}""", CloudEvent.ContentType));

    [Theory]
    [InlineData("[]")]
    [InlineData("{")]
    public void CloudEvent_ThatIsNone_IsRefused(string data) => Assert.Null(CloudEvent.Wrap(Request(data, CloudEvent.ContentType), "app", Now, () => Id));

    [Fact]
    public void RawPayload_IsWrappedOnTheSubscribersSide() => Assert.Equal(
        """{"data_base64":"YWI=","datacontenttype":"application/octet-stream","id":"00000000-0000-0000-0000-000000000007","pubsubname":"pubsub","source":"Dapr","specversion":"1.0","topic":"orders","type":"com.dapr.event.sent"}""",
        Encoding.UTF8.GetString(CloudEvent.WrapRaw("ab"u8.ToArray(), "pubsub", "orders", Id)));

    [Theory]
    [InlineData("2026-01-02T01:04:05Z", true)]
    [InlineData("2026-01-02T01:04:06Z", false)]
    [InlineData("never", false)]
    public void Expired_IsWhatIsOver(string expiration, bool expected)
    {
        using var document = JsonDocument.Parse($$"""{"expiration":"{{expiration}}"}""");
        Assert.Equal(expected, CloudEvent.HasExpired(document.RootElement, Now));
    }

    private static string Wrap(string data, string? contentType, params (string Name, string Value)[] metadata) =>
        Encoding.UTF8.GetString(CloudEvent.Wrap(Request(data, contentType, metadata), "app", Now, () => Id)!);

    private static PublishRequest Request(string data, string? contentType, params (string Name, string Value)[] metadata) =>
        new("pubsub", "orders", Encoding.UTF8.GetBytes(data))
        {
            ContentType = contentType,
            Metadata = metadata.ToDictionary(entry => entry.Name, entry => entry.Value),
            TraceParent = "00-1-2-01",
            TraceState = "s",
        };
}
