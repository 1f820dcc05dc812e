using System.Text;
using System.Text.Json;
using AgentMesh.Sidecar.PubSub;
using AgentMesh.Sidecar.Resources;

namespace AgentMesh.Sidecar.Tests.PubSub;

public sealed class SubscriptionTests : IDisposable
{
    private readonly TestTree _folder = new();
    private readonly List<string> _warnings = [];

    [Theory]
    [InlineData("""{"pubsubName":"p","topic":"t","route":"r"}""", "p/t [>r]")]
    [InlineData("""{"PUBSUBNAME":"p","Topic":"t","Route":"/r"}""", "p/t [>/r]")]
    [InlineData("""{"pubsubname":"p","topic":"t","routes":{"default":"d"}}""", "p/t [>d]")]
    [InlineData("""{"pubsubname":"p","topic":"t","routes":{"rules":[{"match":"event.type == 'x'","path":"x"}],"default":"d"},"route":"ignored"}""", "p/t [event.type == 'x'>x >d]")]
    [InlineData("""{"pubsubname":"p","topic":"t","route":"r","deadLetterTopic":"dl","metadata":{"rawPayload":"true"}}""", "p/t [>r] dead dl raw")]
    [InlineData("""{"pubsubname":"p","topic":"t","route":"r","bulkSubscribe":{"enabled":true}}""", "p/t [>r] bulk 100 1000")]
    [InlineData("""{"pubsubname":"p","topic":"t","route":"r","bulkSubscribe":{"enabled":true,"maxMessagesCount":5,"maxAwaitDurationMs":10}}""", "p/t [>r] bulk 5 10")]
    [InlineData("""{"pubsubname":"p","topic":"t","route":"r","bulkSubscribe":{"enabled":false,"maxMessagesCount":5}}""", "p/t [>r]")]
    [InlineData("""{"pubsubname":"p","topic":"t","deadLetterTopic":"","routes":{},"route":"r"}""", "p/t [>r]")]
    [InlineData("""{"pubsubname":"p","topic":"t","routes":{"rules":[{"match":"event.type == 'x'","path":"x"}]},"route":"r"}""", "p/t [event.type == 'x'>x >r]")]
    public void Programmatic_IsReadAsDaprdReadsIt(string item, string expected) =>
        Assert.Equal(expected, Describe(Assert.Single(Parse($"[{item}]")!)));

    [Theory]
    [InlineData("""[{"pubsubname":"p","topic":"t"}]""")]
    [InlineData("""[{"pubsubname":"p","topic":"t","routes":{"rules":[]}}]""")]
    public void Programmatic_WithoutRoute_IsDropped(string document)
    {
        Assert.Empty(Parse(document)!);
        Assert.Contains("p/t", Assert.Single(_warnings), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("[1]")]
    [InlineData("""[{"pubsubname":"p","topic":"t","route":"r","metadata":{"rawPayload":true}}]""")]
    [InlineData("<html>")]
    public void Programmatic_ThatIsNoList_IsNothing(string document) => Assert.Null(Parse(document));

    [Fact]
    public void UnservedRule_IsAWarningThatNamesIt_AndNeverMatches()
    {
        var subscription = Assert.Single(Parse("""[{"pubsubname":"p","topic":"t","routes":{"rules":[{"match":"event.type.matches('x')","path":"x"}],"default":"d"}}]""")!);
        Assert.Contains("event.type.matches('x')", Assert.Single(_warnings), StringComparison.Ordinal);
        Assert.Equal("d", Route(subscription, """{"type":"x"}"""));
    }

    [Theory]
    [InlineData("""{"type":"a","n":1}""", "first")]
    [InlineData("""{"type":"b","n":1}""", "second")]
    [InlineData("""{"type":"b","n":2}""", null)]
    public void Route_IsTheFirstRuleThatMatches(string envelope, string? expected) => Assert.Equal(expected, Route(
        Assert.Single(Parse("""[{"pubsubname":"p","topic":"t","routes":{"rules":[{"match":"event.type == 'a'","path":"first"},{"match":"event.n == 1","path":"second"}]}}]""")!),
        envelope));

    [Fact]
    public void Route_ThatCannotBeEvaluated_IsAFailure() => Assert.Throws<FormatException>(() => Route(
        Assert.Single(Parse("""[{"pubsubname":"p","topic":"t","routes":{"rules":[{"match":"event.none == 1","path":"x"}]}}]""")!), "{}"));

    [Fact]
    public void Programmatic_ReplacesDeclarative_OfTheSameTopic()
    {
        var merged = Subscription.Merge(
            [new Subscription("p", "t") { IsDeclarative = true }, new Subscription("p", "u") { IsDeclarative = true }], [new Subscription("p", "t"), new Subscription("q", "t")]);
        Assert.Equal(["p/t False", "p/u True", "q/t False"], merged.Select(item => $"{item.PubSub}/{item.Topic} {item.IsDeclarative}"));
    }

    [Fact]
    public void Declarative_IsReadInBothVersions_WithScopes()
    {
        _folder.Write("a.yaml", """
            apiVersion: dapr.io/v1alpha1
            kind: Subscription
            metadata: { name: one }
            spec: { pubsubname: p, topic: t, route: /r, deadLetterTopic: dl, bulkSubscribe: { enabled: true, maxMessagesCount: 7 } }
            scopes: [app]
            ---
            apiVersion: dapr.io/v2alpha1
            kind: Subscription
            metadata: { name: two }
            spec:
              pubsubname: p
              topic: u
              routes:
                rules: [{ match: event.type == "x", path: /x }]
                default: /d
              metadata: { rawPayload: "true" }
            ---
            apiVersion: dapr.io/v2alpha1
            kind: Subscription
            metadata: { name: broken }
            spec: { pubsubname: p, topic: u }
            """);
        var read = new ResourceFolders(new Dictionary<string, string>(), "default", _folder.Path, _warnings).Read([_folder.Path]).Subscriptions;
        Assert.Equal(["p/t [>/r] dead dl bulk 7 1000", "p/u [event.type == \"x\">/x >/d] raw"], read.Select(item => Describe(item.Subscription)));
        Assert.Equal(["app"], read[0].Scopes);
        Assert.Contains("(21): routes is missing", Assert.Single(_warnings), StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Dispose();

    private static string? Route(Subscription subscription, string envelope)
    {
        using var document = JsonDocument.Parse(envelope);
        return subscription.Route(document.RootElement);
    }

    private static string Describe(Subscription item) =>
        $"{item.PubSub}/{item.Topic} [{string.Join(' ', item.Rules.Select(rule => $"{rule.Match}>{rule.Path}"))}]"
        + (item.DeadLetterTopic is { } dead ? $" dead {dead}" : "") + (item.IsRaw ? " raw" : "")
        + (item.Bulk is { } bulk ? $" bulk {bulk.MaxMessagesCount} {bulk.MaxAwaitDuration.TotalMilliseconds}" : "");

    private IReadOnlyList<Subscription>? Parse(string document) => SubscribeDocument.Parse(Encoding.UTF8.GetBytes(document), _warnings.Add);
}
