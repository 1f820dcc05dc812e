using YamlDotNet.RepresentationModel;

namespace AgentMesh.Tidy.Helm;

/// <summary>What the chart makes of three sets of values, as it stands in the approved files beside this one.</summary>
internal static class Rendered
{
    public const string Chart = "helm/agentmesh/";

    /// <summary>Each approved file and the values it is made of.</summary>
    public static readonly IReadOnlyDictionary<string, string> ValueFiles = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["development"] = "values-development.yaml",
        ["production-apikey"] = "ci/production-apikey-values.yaml",
        ["production-jwt"] = "ci/production-jwt-values.yaml",
    };

    public static TheoryData<string> Names => [.. ValueFiles.Keys];

    public static string FileOf(string name) => $"tests/AgentMesh.Tidy/Helm/{name}.approved.yaml";

    public static IReadOnlyList<YamlMappingNode> Load(string name) => Yaml.Load(FileOf(name));

    public static IEnumerable<YamlMappingNode> Of(string name, string kind) => Load(name).Where(manifest => manifest.Text("kind") == kind);

    /// <summary>The app id of a deployment, as its sidecar has it.</summary>
    public static string AppId(YamlNode deployment) => Annotation(deployment, "dapr.io/app-id")!;

    public static string? Annotation(YamlNode deployment, string name) => deployment.Text("spec", "template", "metadata", "annotations", name);

    /// <summary>The app's own container: the sidecar is put beside it by Dapr.</summary>
    public static YamlNode Container(YamlNode deployment) => Assert.Single(deployment.Items("spec", "template", "spec", "containers"));

    /// <summary>Every pod that is made: of deployments, of the bundled Redis, and of <c>helm test</c>.</summary>
    public static IEnumerable<(string Name, YamlNode Spec)> Pods(string name) => Load(name)
        .Select(manifest => (Name: $"{manifest.Text("kind")} {manifest.Text("metadata", "name")}",
            Spec: manifest.Text("kind") == "Pod" ? manifest.At("spec") : manifest.At("spec", "template", "spec")))
        .Where(pod => pod.Spec is not null)
        .Select(pod => (pod.Name, pod.Spec!));
}
