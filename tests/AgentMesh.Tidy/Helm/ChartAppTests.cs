using System.Text.RegularExpressions;
using System.Xml.Linq;
using YamlDotNet.RepresentationModel;

namespace AgentMesh.Tidy.Helm;

/// <summary>The apps that the chart installs: those of <c>dapr/dapr.yaml</c>, closed, restricted and within limits.</summary>
public sealed partial class ChartAppTests
{
    public static TheoryData<string> Names => Rendered.Names;

    private static readonly YamlMappingNode RunFile = Yaml.Load("dapr/dapr.yaml")[0];

    /// <summary>The simulated facilitator is for development; in its place production has a real one under its name.</summary>
    [Theory]
    [MemberData(nameof(Names))]
    public void Apps_AndTheirPorts_AreThoseOfTheRunFile(string name)
    {
        var expected = RunFile.Items("apps").Select(app => (app.Text("appID"), app.Text("appPort"), app.Text("appProtocol")))
            .Where(app => name == "development" || app.Item1 != "facilitator").Order();
        Assert.Equal(expected, Rendered.Of(name, "Deployment").Select(
            app => (Rendered.Annotation(app, "dapr.io/app-id"), Rendered.Annotation(app, "dapr.io/app-port"), Rendered.Annotation(app, "dapr.io/app-protocol"))).Order());
        Assert.All(Rendered.Of(name, "Deployment"), app =>
        {
            var port = Rendered.Annotation(app, "dapr.io/app-port");
            // The metrics' port is the scraper's alone, and there when somebody scrapes.
            string[] ports = name == "production-jwt" ? [port!, "9464"] : [port!];
            Assert.Equal(ports, Rendered.Container(app).Items("ports").Select(one => one.Text("containerPort")));
            Assert.Equal(port, Setting(app, "APP_PORT").Text("value"));
        });
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Sidecars_AreToldWhatTheRunFileTellsThem(string name) => Assert.All(Rendered.Of(name, "Deployment"), app =>
    {
        Assert.Equal("true", Rendered.Annotation(app, "dapr.io/enabled"));
        Assert.Equal(RunFile.Text("common", "readBufferSize"), Rendered.Annotation(app, "dapr.io/read-buffer-size"));
        Assert.Equal(RunFile.Text("common", "enableAppHealthCheck"), Rendered.Annotation(app, "dapr.io/enable-app-health-check"));
        Assert.Equal(RunFile.Text("common", "appHealthCheckPath"), Rendered.Annotation(app, "dapr.io/app-health-check-path"));
        Assert.Contains(Rendered.Of(name, "Configuration"), configuration => configuration.Text("metadata", "name") == Rendered.Annotation(app, "dapr.io/config"));
        Assert.All(
            (string[])["sidecar-cpu-request", "sidecar-cpu-limit", "sidecar-memory-request", "sidecar-memory-limit"],
            limit => Assert.Matches("^[0-9]+(m|Mi)?$", Rendered.Annotation(app, "dapr.io/" + limit)));
    });

    /// <summary>An annotation that Dapr does not know is as good as none: these are the names of pkg/injector/annotations of its 1.18.3.</summary>
    [Theory]
    [MemberData(nameof(Names))]
    public void Annotations_AreDaprs(string name)
    {
        string[] known =
        [
            "enabled", "app-id", "app-port", "app-protocol", "config", "api-token-secret", "app-token-secret", "enable-app-health-check", "app-health-check-path",
            "read-buffer-size", "disable-builtin-k8s-secret-store", "sidecar-seccomp-profile-type", "sidecar-cpu-request", "sidecar-cpu-limit",
            "sidecar-memory-request", "sidecar-memory-limit", "log-level", "log-as-json", "enable-metrics", "metrics-port", "block-shutdown-duration",
            "volume-mounts", "env",
        ];
        Assert.All(
            Rendered.Of(name, "Deployment").SelectMany(app => app.Members("spec", "template", "metadata", "annotations")).Where(one => one.Name.StartsWith("dapr.io/", StringComparison.Ordinal)),
            one => Assert.Contains(one.Name["dapr.io/".Length..], known));
    }

    /// <summary>An app and its sidecar know each other by the same two Secrets, and nothing of them is in the manifests.</summary>
    [Theory]
    [MemberData(nameof(Names))]
    public void Tokens_AreTheSameForAppAndSidecar(string name) => Assert.All(Rendered.Of(name, "Deployment"), app =>
    {
        foreach (var (setting, annotation) in ((string, string)[])[("DAPR_API_TOKEN", "dapr.io/api-token-secret"), ("APP_API_TOKEN", "dapr.io/app-token-secret")])
        {
            var place = Setting(app, setting).At("valueFrom", "secretKeyRef");
            Assert.Equal(Rendered.Annotation(app, annotation), place.Text("name"));
            // dapr:pkg/injector/patcher/sidecar_container.go reads this key.
            Assert.Equal("token", place.Text("key"));
        }
    });

    [Theory]
    [InlineData("development", "ApiKey")]
    [InlineData("production-apikey", "ApiKey")]
    [InlineData("production-jwt", "Jwt")]
    public void Gateway_IsNeverOpen(string name, string mode)
    {
        Assert.All(Rendered.Of(name, "Deployment"), app => Assert.Equal("Production", Setting(app, "ASPNETCORE_ENVIRONMENT").Text("value")));
        Assert.Equal(mode, Setting(Rendered.Of(name, "Deployment").Single(app => Rendered.AppId(app) == "gateway"), "AgentMesh__Auth__Mode").Text("value"));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Settings_AreNamedOnce_AndAreOptionsOfTheApps(string name)
    {
        var sources = Repository.Files("src", "*.cs").Select(Repository.Read).ToArray();
        Assert.All(Rendered.Of(name, "Deployment"), app =>
        {
            string[] names = [.. Rendered.Container(app).Items("env").Select(one => one.Text("name")!)];
            Assert.Equal(names.Distinct(StringComparer.OrdinalIgnoreCase), names);
            Assert.All(names.Where(one => one.StartsWith("AgentMesh__", StringComparison.Ordinal)).Select(one => one.Split("__")), parts =>
            {
                Assert.Contains(sources, source => source.Contains($"\"AgentMesh:{parts[1]}", StringComparison.Ordinal));
                Assert.Contains(sources, source => Regex.IsMatch(source, $@"\b{parts[^1]} {{ get; "));
            });
        });
    }

    /// <summary>Secrets come by reference: a value in a manifest is in the history of whoever keeps it.</summary>
    [Theory]
    [MemberData(nameof(Names))]
    public void SecretSettings_HaveNoValue(string name)
    {
        var secret = Rendered.Of(name, "Deployment").SelectMany(app => Rendered.Container(app).Items("env"))
            .Where(one => one.Text("name") is "AgentMesh__Auth__BootstrapKey" or "AgentMesh__Payments__RpcUrl" or "DAPR_API_TOKEN" or "APP_API_TOKEN").ToArray();
        Assert.NotEmpty(secret);
        Assert.All(secret, one => Assert.Null(one.At("value")));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Images_HaveAVersionOrADigest(string name)
    {
        var version = XDocument.Parse(Repository.Read("Directory.Build.props")).Descendants("VersionPrefix").Single().Value;
        Assert.Equal(version, Yaml.Load(Rendered.Chart + "Chart.yaml")[0].Text("appVersion"));
        Assert.All(Rendered.Of(name, "Deployment"), app => Assert.Matches(
            $"^(registry\\.example\\.org/acme/)?agentmesh-{Rendered.AppId(app)}(:{Regex.Escape(version)}|@sha256:[0-9a-f]{{64}})$", Rendered.Container(app).Text("image")));
        Assert.All(Containers(name), container =>
        {
            Assert.Matches("(:[0-9]|@sha256:)", container.Container.Text("image"));
            Assert.DoesNotContain("latest", container.Container.Text("image"), StringComparison.Ordinal);
        });
        // Without a registry the images are in the nodes, and nobody else's of that name may be fetched.
        Assert.Equal(name == "development", Rendered.Of(name, "Deployment").All(app => Rendered.Container(app).Text("imagePullPolicy") == "Never"));
    }

    /// <summary>The restricted Pod Security Standard, and a root that nobody writes.</summary>
    [Theory]
    [MemberData(nameof(Names))]
    public void Pods_AreRestricted(string name)
    {
        Assert.All(Rendered.Pods(name), pod =>
        {
            Assert.Equal("true", pod.Spec.Text("securityContext", "runAsNonRoot"));
            Assert.Equal("RuntimeDefault", pod.Spec.Text("securityContext", "seccompProfile", "type"));
            Assert.All((string[])["hostNetwork", "hostPID", "hostIPC"], host => Assert.Null(pod.Spec.At(host)));
            Assert.All(pod.Spec.Items("volumes"), volume => Assert.Null(volume.At("hostPath")));
        });
        Assert.All(Containers(name), container =>
        {
            var security = container.Container.At("securityContext");
            Assert.Equal("false", security.Text("allowPrivilegeEscalation"));
            Assert.Equal("true", security.Text("readOnlyRootFilesystem"));
            Assert.Equal(["ALL"], security.Texts("capabilities", "drop"));
            Assert.Null(security.At("capabilities", "add"));
            Assert.Null(security.At("privileged"));
        });
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Containers_HaveRequestsAndLimits(string name) => Assert.All(Containers(name), container => Assert.All(
        (string[])["requests", "limits"],
        kind => Assert.Equal(["cpu", "memory"], container.Container.Members("resources", kind).Select(one => one.Name).Order())));

    /// <summary>Alive asks nothing but the process; ready asks the sidecar too. Both are there in <c>HealthEndpoints</c>.</summary>
    [Theory]
    [MemberData(nameof(Names))]
    public void Apps_AreAskedWhetherTheyLiveAndAreReady(string name) => Assert.All(Rendered.Of(name, "Deployment"), app =>
    {
        foreach (var (probe, path) in ((string, string)[])[("startupProbe", "/livez"), ("livenessProbe", "/livez"), ("readinessProbe", "/readyz")])
        {
            Assert.Equal(path, Rendered.Container(app).Text(probe, "httpGet", "path"));
            Assert.Contains($"\"{path}\"", Repository.Read("src/AgentMesh.ServiceDefaults/Health/HealthEndpoints.cs"), StringComparison.Ordinal);
        }
    });

    /// <summary>Only the sidecar that reads Secrets has a token of the API server, and may read those that the configuration lets its app ask for.</summary>
    [Theory]
    [MemberData(nameof(Names))]
    public void ApiServer_IsForTheAgentsSidecar_AndTheSecretsThatAreNamed(string name)
    {
        Assert.All(Rendered.Pods(name), pod => Assert.Equal(pod.Name == "Deployment agentmesh-agents" ? "true" : "false", pod.Spec.Text("automountServiceAccountToken")));
        var rule = Assert.Single(Assert.Single(Rendered.Of(name, "Role")).Items("rules"));
        Assert.Equal(["get"], rule.Texts("verbs"));
        Assert.Equal(["secrets"], rule.Texts("resources"));
        var scopes = Assert.Single(Rendered.Of(name, "Configuration")).Items("spec", "secrets", "scopes");
        Assert.All(scopes, scope => Assert.Equal("deny", scope.Text("defaultAccess")));
        Assert.Equal(rule.Texts("resourceNames"), scopes.SelectMany(scope => scope.Texts("allowedSecrets")));
        var asked = Rendered.Of(name, "Deployment").SelectMany(app => Rendered.Container(app).Items("env"))
            .Select(one => StoredSecret().Match(one.Text("value") ?? "")).Where(match => match.Success).Select(match => match.Groups[1].Value);
        Assert.Equal(rule.Texts("resourceNames").Order(), asked.Distinct().Order());
    }

    /// <summary>A single process may go when its node is drained; of several, one at a time.</summary>
    [Theory]
    [InlineData("development", 0, 0)]
    [InlineData("production-apikey", 3, 0)]
    [InlineData("production-jwt", 3, 3)]
    public void Apps_AreKeptAndScaled(string name, int budgets, int scalers)
    {
        Assert.Equal(budgets, Rendered.Of(name, "PodDisruptionBudget").Count());
        Assert.Equal(scalers, Rendered.Of(name, "HorizontalPodAutoscaler").Count());
        // A count beside a scaler would undo it with every upgrade.
        Assert.All(Rendered.Of(name, "Deployment"), app => Assert.Equal(scalers > 0, app.At("spec", "replicas") is null));
    }

    private static YamlNode Setting(YamlNode app, string name) => Rendered.Container(app).Items("env").Single(one => one.Text("name") == name);

    private static IEnumerable<(string Pod, YamlNode Container)> Containers(string name) =>
        Rendered.Pods(name).SelectMany(pod => pod.Spec.Items("containers").Concat(pod.Spec.Items("initContainers")).Select(container => (pod.Name, container)));

    [GeneratedRegex("^secretstore/([^/]+)/[^/]+$")]
    private static partial Regex StoredSecret();
}
