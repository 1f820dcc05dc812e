using YamlDotNet.RepresentationModel;

namespace AgentMesh.Tidy.Helm;

/// <summary>Who reaches whom: nobody anybody, but for the flows of these tables.</summary>
public sealed class ChartNetworkTests
{
    private const string Mesh = "agents,gateway,payments";

    // Of every sidecar: the others, the control plane (the ports behind its services, in the charts of Dapr 1.18.3), names.
    private static readonly string[] OfSidecars =
    [
        "MESH <- MESH: 50002",
        "MESH -> MESH: 50002",
        "MESH -> dapr-system/dapr-operator: 6500",
        "MESH -> dapr-system/dapr-placement-server: 50005",
        "MESH -> dapr-system/dapr-scheduler-server: 50006",
        "MESH -> dapr-system/dapr-sentry: 50001",
        "MESH -> kube-system/kube-dns: 53 53",
        "gateway <- ingress-nginx, test: 8080",
        "test -> gateway: 8080",
        "test -> kube-system/kube-dns: 53 53",
    ];

    [Fact]
    public void Development_HasTheFlowsOfTheMesh_AndItsOwnRedis() => Assert.Equal(
        Sorted("agents,facilitator,gateway,payments",
            ["MESH -> redis: 6379", "redis <- MESH: 6379", "agents -> anybody: 443 6443", "agents,payments -> the internet: 443"]),
        Flows("development"));

    [Fact]
    public void Production_HasTheFlowsOfTheMesh_AndRedisWhereverItIs() => Assert.Equal(
        Sorted(Mesh, ["MESH -> anybody: 6380", "agents -> anybody: 443 6443", "agents,payments -> the internet: 443"]),
        Flows("production-apikey"));

    /// <summary>The gateway asks the issuer for its keys; Redis and the API server are at addresses that are named.</summary>
    [Fact]
    public void ProductionWithEverything_HasTheFlowsThatAreNamed() => Assert.Equal(
        Sorted(Mesh,
        [
            "MESH -> 10.20.0.0/24: 26379 6379", "agents -> 10.0.0.1/32: 443 6443", "agents,gateway,payments -> the internet: 443", "MESH <- monitoring: 9090 9464", "MESH -> monitoring: 4317",
            "gateway -> monitoring: 4317",
        ]),
        Flows("production-jwt"));

    /// <summary>Without a rule the policy of all pods closes both ways, and each pod of the release has its labels.</summary>
    [Theory]
    [InlineData("development")]
    [InlineData("production-apikey")]
    [InlineData("production-jwt")]
    public void WhatIsNotNamed_IsDenied(string name)
    {
        var all = Assert.Single(Policies(name), policy => policy.At("spec", "ingress") is null && policy.At("spec", "egress") is null);
        Assert.Equal(["Ingress", "Egress"], all.Texts("spec", "policyTypes"));
        var labels = all.Members("spec", "podSelector", "matchLabels");
        Assert.Equal(2, labels.Count);
        Assert.All(Rendered.Load(name).Where(one => one.Text("kind") is "Deployment" or "StatefulSet" or "Pod"), one =>
        {
            var pod = one.Text("kind") == "Pod" ? one : one.At("spec", "template");
            Assert.All(labels, label => Assert.Equal(label.Value.ToString(), pod.Text("metadata", "labels", label.Name)));
        });
    }

    /// <summary>The internet is what is not inside, and the metadata service of a cloud is inside.</summary>
    [Theory]
    [InlineData("development")]
    [InlineData("production-apikey")]
    [InlineData("production-jwt")]
    public void Internet_IsNotTheInside(string name) => Assert.Equal(
        ["10.0.0.0/8", "100.64.0.0/10", "169.254.0.0/16", "172.16.0.0/12", "192.168.0.0/16"],
        Assert.Single(Policies(name).SelectMany(policy => policy.Items("spec", "egress")).SelectMany(rule => rule.Items("to")), peer => peer.Text("ipBlock", "cidr") == "0.0.0.0/0")
            .Texts("ipBlock", "except"));

    private static IEnumerable<YamlMappingNode> Policies(string name) => Rendered.Of(name, "NetworkPolicy");

    private static IEnumerable<string> Sorted(string mesh, IEnumerable<string> flows) =>
        OfSidecars.Concat(flows).Select(flow => flow.Replace("MESH", mesh, StringComparison.Ordinal)).Order(StringComparer.Ordinal);

    private static IEnumerable<string> Flows(string name) => Policies(name).SelectMany(policy =>
        policy.Items("spec", "ingress").Select(rule => Flow(policy, "<-", rule, "from")).Concat(policy.Items("spec", "egress").Select(rule => Flow(policy, "->", rule, "to"))))
        .Order(StringComparer.Ordinal);

    private static string Flow(YamlNode policy, string arrow, YamlNode rule, string peers) => string.Create(null,
        $"{Pods(policy.At("spec", "podSelector"))} {arrow} {(rule.At(peers) is null ? "anybody" : string.Join(", ", rule.Items(peers).Select(Peer)))}: {string.Join(' ', rule.Items("ports").Select(port => port.Text("port")))}");

    private static string Peer(YamlNode peer)
    {
        if (peer.Text("ipBlock", "cidr") is { } cidr)
            return cidr == "0.0.0.0/0" ? "the internet" : cidr;
        var space = peer.Text("namespaceSelector", "matchLabels", "kubernetes.io/metadata.name");
        return string.Join('/', ((string?[])[space, peer.At("podSelector") is { } pods ? Pods(pods) : null]).OfType<string>());
    }

    private static string Pods(YamlNode? selector) =>
        selector.Text("matchLabels", "app.kubernetes.io/component") ?? selector.Text("matchLabels", "app") ?? selector.Text("matchLabels", "k8s-app")
        ?? string.Join(',', selector.Items("matchExpressions").SelectMany(expression => expression.Texts("values")).Order(StringComparer.Ordinal));
}
