using AgentMesh.Sidecar.PubSub;
using AgentMesh.Sidecar.Resources;

namespace AgentMesh.Sidecar.Tests.PubSub;

public sealed class PubSubSettingsTests
{
    private static readonly Guid Id = new("00000000-0000-0000-0000-000000000007");

    [Theory]
    [InlineData(null, "app", false)]
    [InlineData("shared", "shared", false)]
    [InlineData("{appID}-x", "app-x", false)]
    [InlineData("{namespace}", "ns.app", false)]
    [InlineData("{podName}", "pod", false)]
    [InlineData("{uuid}", "00000000-0000-0000-0000-000000000007", true)]
    public void ConsumerId_IsATemplate(string? template, string expected, bool isPerProcess)
    {
        var settings = Read("pod", template is null ? [] : [("consumerID", template)]);
        Assert.Equal((expected, isPerProcess), (settings.ConsumerId, settings.IsPerProcess));
    }

    [Fact]
    public void Defaults_AreThoseOfTheComponent()
    {
        var settings = Read(null);
        Assert.Equal((100, 10, 60, 15), (settings.QueueDepth, settings.Concurrency, settings.ProcessingTimeout.TotalSeconds, settings.RedeliverInterval.TotalSeconds));
        Assert.Null(settings.MaxLenApprox);
        Assert.Null(settings.StreamTtl);
    }

    [Fact]
    public void BareNumbers_AreMilliseconds()
    {
        var settings = Read(null, ("processingTimeout", "1500"), ("RedeliverInterval", "2s"), ("streamTTL", "1h"));
        Assert.Equal((1500, 2000, 3_600_000), (settings.ProcessingTimeout.TotalMilliseconds, settings.RedeliverInterval.TotalMilliseconds, settings.StreamTtl!.Value.TotalMilliseconds));
    }

    [Theory]
    [InlineData("queueDepth", "0")]
    [InlineData("concurrency", "many")]
    [InlineData("processingTimeout", "-1s")]
    [InlineData("consumerID", "{podName}")]
    public void WrongValues_AreNamed(string name, string value) =>
        Assert.Contains(name, Assert.Throws<FormatException>(() => Read(null, (name, value))).Message, StringComparison.Ordinal);

    [Fact]
    public void LengthAndAge_ExcludeEachOther() => Assert.Throws<FormatException>(() => Read(null, ("maxLenApprox", "1"), ("streamTTL", "1h")));

    [Theory]
    [InlineData("app=a,b;other=c", "a", true)]
    [InlineData("app=a, b", "b", true)]
    [InlineData("app=a,b", "c", false)]
    [InlineData("other=c", "c", true)]
    [InlineData("app=", "a", false)]
    public void Scopes_NameWhatAnAppMayPublish(string scopes, string topic, bool expected) =>
        Assert.Equal(expected, Read(null, ("publishingScopes", scopes)).Scopes.MayPublish(topic));

    [Theory]
    [InlineData("a", "", "", true)]
    [InlineData("b", "", "", false)]
    [InlineData("a", "a", "", false)]
    [InlineData("a", "a", "app=a", true)]
    public void AllowedAndProtectedTopics_AreHeld(string topic, string protectedTopics, string subscriptionScopes, bool expected) => Assert.Equal(
        expected,
        Read(null, ("allowedTopics", "a"), ("protectedTopics", protectedTopics), ("subscriptionScopes", subscriptionScopes)).Scopes.MaySubscribe(topic));

    private static PubSubSettings Read(string? podName, params (string Name, string Value)[] metadata) => PubSubSettings.Read(
        new Component("pubsub", "pubsub.redis", "v1") { Metadata = [.. metadata.Select(entry => new ComponentValue(entry.Name, entry.Value))] },
        "app", "ns", podName, null, () => Id);
}
