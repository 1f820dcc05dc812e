using AgentMesh.Contracts.Agents;
using AgentMesh.Contracts.Payments;
using YamlDotNet.RepresentationModel;

namespace AgentMesh.Tidy.Helm;

/// <summary>The chart's Dapr resources are those of one machine, with the settings of a Redis that is elsewhere, and closed to who has no business there.</summary>
public sealed class ChartComponentTests
{
    // Of the connection, and of who may use a topic: on one machine there is neither a password nor a stranger.
    private static readonly string[] OfThePlace =
    [
        "redisHost", "redisUsername", "redisPassword", "enableTLS", "failover", "sentinelMasterName", "protectedTopics", "publishingScopes", "subscriptionScopes",
    ];

    public static TheoryData<string, string> Components => [.. Rendered.ValueFiles.Keys.SelectMany(
        name => ((string[])["statestore", "pubsub", "fanout"]).Select(component => (name, component)))];

    public static TheoryData<string> Names => Rendered.Names;

    [Theory]
    [MemberData(nameof(Components))]
    public void Component_IsTheOneOfTheApps(string name, string component)
    {
        var local = Yaml.Load($"components/{component}.yaml")[0];
        var chart = Component(name, component);
        Assert.Equal(local.Text("apiVersion"), chart.Text("apiVersion"));
        Assert.Equal(local.Text("spec", "type"), chart.Text("spec", "type"));
        Assert.Equal(local.Text("spec", "version"), chart.Text("spec", "version"));
        Assert.Equal(Metadata(local).Where(OfTheComponent), Metadata(chart).Where(OfTheComponent));
        if (local.At("scopes") is not null)
        {
            var apps = Rendered.Of(name, "Deployment").Select(Rendered.AppId).ToHashSet();
            Assert.Equal(local.Texts("scopes").Where(apps.Contains).Order(), chart.Texts("scopes").Order());
        }
    }

    [Theory]
    [MemberData(nameof(Components))]
    public void Redis_IsReachedWithAPassword_AndOutsideTheClusterByTls(string name, string component)
    {
        var chart = Component(name, component);
        var password = Assert.Single(chart.Items("spec", "metadata"), one => one.Text("name") == "redisPassword");
        Assert.Null(password.At("value"));
        Assert.Equal("agentmesh-redis", password.Text("secretKeyRef", "name"));
        Assert.Equal("kubernetes", chart.Text("auth", "secretStore"));
        Assert.Equal(name == "development" ? "false" : "true", Assert.Single(chart.Items("spec", "metadata"), one => one.Text("name") == "enableTLS").Text("value"));
    }

    /// <summary>Topics are protected: an app without an entry sends and hears nothing. Dead letters go the way of everything that is sent.</summary>
    [Theory]
    [InlineData("development", "", "")]
    [InlineData("production-apikey", "", "")]
    [InlineData("production-jwt", ";billing=agentmesh.mail,agentmesh.events.dead.billing", ";billing=agentmesh.events")]
    public void Topics_AreForThoseThatUseThem(string name, string alsoSends, string alsoHears)
    {
        var metadata = Metadata(Component(name, "pubsub")).ToDictionary();
        Assert.Equal($"agents={DomainEvents.Topic},{MailEvents.DeadLetterTopic};payments={PaymentEvent.Topic}{alsoSends}", metadata["publishingScopes"]);
        Assert.Equal($"agents={MailEvents.Topic}{alsoHears}", metadata["subscriptionScopes"]);
        var topics = metadata["protectedTopics"].Split(',');
        Assert.All(
            string.Join(';', metadata["publishingScopes"], metadata["subscriptionScopes"]).Split(';').SelectMany(scope => scope.Split('=')[1].Split(',')),
            topic => Assert.Contains(topic, topics));
        Assert.All((string[])[DomainEvents.Topic, MailEvents.Topic, MailEvents.DeadLetterTopic], topic => Assert.Contains(topic, topics));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Configuration_AllowsTheInvocationsOfTheProductionOne(string name)
    {
        var production = Yaml.Load("dapr/production/config.yaml")[0];
        var chart = Assert.Single(Rendered.Of(name, "Configuration"));
        Assert.Equal("deny", chart.Text("spec", "accessControl", "defaultAction"));
        Assert.Equal(Invocations(production), Invocations(chart));
        Assert.All(chart.Items("spec", "accessControl", "policies"), policy => Assert.Equal("agentmesh", policy.Text("namespace")));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Resiliency_IsTheOneOfTheApps(string name) =>
        Assert.Equal(Yaml.Load("components/resiliency.yaml")[0].At("spec")!.ToString(), Assert.Single(Rendered.Of(name, "Resiliency")).At("spec")!.ToString());

    [Theory]
    [InlineData("development", null)]
    [InlineData("production-apikey", "https://x402.org/facilitator")]
    [InlineData("production-jwt", "https://facilitator.example.org")]
    public void Facilitator_IsARealOne_WhereMoneyMayBe(string name, string? baseUrl)
    {
        var production = Yaml.Load("components/production/facilitator.yaml")[0];
        var endpoint = Rendered.Of(name, "HTTPEndpoint").SingleOrDefault();
        Assert.Equal(baseUrl, endpoint.Text("spec", "baseUrl"));
        if (endpoint is null)
            return;
        Assert.Equal(production.Text("metadata", "name"), endpoint.Text("metadata", "name"));
        Assert.Equal(production.Texts("scopes"), endpoint.Texts("scopes"));
        // Dapr's resource has these members and no others (dapr:pkg/apis/httpEndpoint/v1alpha1/types.go); a cluster refuses what it does not know.
        Assert.All(endpoint.Members("spec").Concat(production.Members("spec")), member => Assert.Contains(member.Name, (string[])["baseUrl", "headers", "clientTLS"]));
    }

    /// <summary>The apps' own subscriptions are in their code, which wins over a resource; resources are for other apps.</summary>
    [Fact]
    public void Subscriptions_AreThoseOfOtherApps()
    {
        Assert.Empty(Rendered.Of("development", "Subscription"));
        Assert.Empty(Rendered.Of("production-apikey", "Subscription"));
        var billing = Assert.Single(Rendered.Of("production-jwt", "Subscription"));
        Assert.Equal("dapr.io/v2alpha1", billing.Text("apiVersion"));
        Assert.Equal(DomainEvents.Component, billing.Text("spec", "pubsubname"));
        Assert.Equal(DomainEvents.Topic, billing.Text("spec", "topic"));
        Assert.Equal(["billing"], billing.Texts("scopes"));
        Assert.Contains(billing.Text("spec", "deadLetterTopic")!, Metadata(Component("production-jwt", "pubsub")).ToDictionary()["publishingScopes"], StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void SecretStore_IsForTheAppThatReadsSecrets(string name) => Assert.Equal(
        Yaml.Load("components/secretstore.yaml")[0].Texts("scopes"), Component(name, "secretstore").Texts("scopes"));

    private static YamlMappingNode Component(string name, string component) =>
        Assert.Single(Rendered.Of(name, "Component"), one => one.Text("metadata", "name") == component);

    private static bool OfTheComponent(KeyValuePair<string, string> one) => !OfThePlace.Contains(one.Key);

    private static IEnumerable<KeyValuePair<string, string>> Metadata(YamlNode component) => component.Items("spec", "metadata")
        .Select(one => KeyValuePair.Create(one.Text("name")!, one.Text("value") ?? "")).OrderBy(one => one.Key, StringComparer.Ordinal);

    private static IEnumerable<string> Invocations(YamlNode configuration) => configuration.Items("spec", "accessControl", "policies")
        .SelectMany(policy => policy.Items("operations").Select(operation =>
            $"{policy.Text("appId")} ({policy.Text("defaultAction")}): {string.Join(' ', operation.Texts("httpVerb"))} {operation.Text("name")} {operation.Text("action")}"))
        .Order(StringComparer.Ordinal);
}
