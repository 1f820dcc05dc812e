using AgentMesh.Sidecar.Launcher;
using AgentMesh.Sidecar.Resources;

namespace AgentMesh.Sidecar.Tests.Launcher;

/// <summary>What becomes of the files of a resources folder: secrets filled in, endpoints, prefixes, warnings.</summary>
public sealed class ComponentPlanTests : IDisposable
{
    private const string Secrets = """
        apiVersion: dapr.io/v1alpha1
        kind: Component
        metadata: { name: local }
        spec: { type: secretstores.local.file, metadata: [{ name: secretsFile, value: secrets.json }, { name: multiValued, value: "true" }] }
        """;

    private readonly TestTree _folder = new();
    private readonly List<string> _warnings = [];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void SecretKeyRef_OfTheStateStore_IsFilledIn_AndReachesRedis()
    {
        _folder.Write("secrets.json", """{"redis":{"password":"hush"}}""");
        var plan = Plan(Secrets, """
            apiVersion: dapr.io/v1alpha1
            kind: Component
            metadata: { name: statestore }
            spec:
              type: state.redis
              metadata: [{ name: redisHost, value: "h:1" }, { name: redisPassword, secretKeyRef: { name: redis, key: password } }]
            auth: { secretStore: local }
            """);
        Assert.Equal("hush", plan.StateRedis("other:2")["redisPassword"]);
        Assert.Equal("hush", plan.Of("app").Secrets.Get("local", "redis").Values!["password"]);
        Assert.Empty(_warnings);
        Assert.DoesNotContain(plan.Describe("DIR", "h:1"), line => line.Contains("hush", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("auth: { secretStore: local }", "refers to the secret redis, key password, which local does not have")]
    [InlineData("auth: { secretStore: other }", "references a secret store that isn't loaded: other")]
    [InlineData("", "auth.secretStore names no secret store")]
    public void SecretThatCannotBeHad_IsAWarningThatNamesTheFile(string auth, string expected)
    {
        _folder.Write("secrets.json", "{}");
        var plan = Plan(Secrets, $$"""
            apiVersion: dapr.io/v1alpha1
            kind: Component
            metadata: { name: statestore }
            spec: { type: state.redis, metadata: [{ name: redisPassword, secretKeyRef: { name: redis, key: password } }] }
            {{auth}}
            """);
        Assert.Contains(expected, Assert.Single(_warnings), StringComparison.Ordinal);
        Assert.Contains("1.yaml", _warnings[0], StringComparison.Ordinal);
        Assert.False(plan.StateRedis("h:1").ContainsKey("redisPassword"));
    }

    [Fact]
    public void SecretsFile_ThatIsMissing_RefusesTheRun_UnlessErrorsAreIgnored()
    {
        Assert.Contains("'local'", Assert.Throws<LauncherException>(() => Plan(Secrets)).Message, StringComparison.Ordinal);
        Plan(Secrets.Replace("{ type:", "{ ignoreErrors: true, type:", StringComparison.Ordinal));
        Assert.Contains("cannot be opened", Assert.Single(_warnings), StringComparison.Ordinal);
    }

    /// <summary>On a machine of one's own nobody has to think of them. They stay what they are, and only their user can read them.</summary>
    [Fact]
    public void RandomSecrets_AreMadeOnce_InTheDataFolder_AndOthersStay()
    {
        const string Local = """
            apiVersion: dapr.io/v1alpha1
            kind: Component
            metadata: { name: local, annotations: { agentmesh.dev/random-secrets: "wallet-keys, other" } }
            spec: { type: secretstores.local.file, metadata: [{ name: secretsFile, value: .agentmesh/secrets.json }] }
            """;
        var file = _folder.At("data/secrets.json");
        var together = new string[8];
        Plan(Local);
        File.Delete(file);
        Parallel.For(0, together.Length, n =>
        {
            together[n] = System.Text.Encoding.UTF8.GetString(LocalData.SecretsFile.Ensure(file, ["wallet-keys"]).Content.Span);
        });
        Assert.Single(together.Distinct());
        var plan = Plan(Local);
        var first = plan.Of("app").Secrets.Get("local", "wallet-keys").Values!["wallet-keys"];
        Assert.Equal(32, Convert.FromBase64String(first).Length);
        Assert.NotEqual(first, plan.Of("app").Secrets.Get("local", "other").Values!["other"]);
        if (!OperatingSystem.IsWindows())
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
        Assert.Equal(["secrets.json"], Directory.GetFiles(_folder.At("data")).Select(Path.GetFileName));

        _folder.Write("data/secrets.json", $$"""{"mine":"hush","wallet-keys":"{{first}}"}""");
        var again = Plan(Local).Of("app").Secrets;
        Assert.Equal(("hush", first), (again.Get("local", "mine").Values!["mine"], again.Get("local", "wallet-keys").Values!["wallet-keys"]));
        Assert.NotEmpty(again.Get("local", "other").Values!["other"]);
        _folder.Write("data/secrets.json", "[]");
        Assert.Contains("no JSON object", Assert.Throws<LauncherException>(() => Plan(Local)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Endpoints_AreRead_WithHeadersFromAllSources_AndScopes()
    {
        _folder.Write("secrets.json", """{"shop":"hush"}""");
        var plan = Plan(Secrets, """
            apiVersion: dapr.io/v1alpha1
            kind: HTTPEndpoint
            metadata: { name: shop }
            spec:
              baseUrl: https://shop.example/v1
              headers:
              - { name: Accept-Language, value: de }
              - { name: X-Key, secretKeyRef: { name: shop } }
              - { name: X-Region, envRef: REGION }
            auth: { secretStore: local }
            ---
            apiVersion: dapr.io/v1alpha1
            kind: HTTPEndpoint
            metadata: { name: closed }
            spec: { baseUrl: "http://h" }
            scopes: [somebody]
            """);
        var endpoint = Assert.Single(plan.Of("app").Endpoints);
        Assert.Equal(("shop", "https://shop.example/v1"), (endpoint.Name, endpoint.BaseUrl));
        Assert.Equal(["Accept-Language=de", "X-Key=hush", "X-Region=here"], endpoint.Headers.Select(header => $"{header.Name}={header.Text}"));
        Assert.DoesNotContain("hush", $"{endpoint} {endpoint.Headers[1]}", StringComparison.Ordinal);
        Assert.Empty(_warnings);
    }

    [Theory]
    [InlineData("""{ baseUrl: "ftp://h" }""", "baseUrl must be an absolute http or https URL")]
    [InlineData("{ headers: [] }", "baseUrl is missing")]
    [InlineData("""{ baseUrl: "https://h", clientTLS: { rootCA: { value: x } } }""", "clientTLS is not served")]
    public void EndpointThatCannotBeServed_IsSkippedWithAWarning(string spec, string expected)
    {
        var plan = Plan($"apiVersion: dapr.io/v1alpha1\nkind: HTTPEndpoint\nmetadata: {{ name: e }}\nspec: {spec}");
        Assert.Empty(plan.Of("app").Endpoints);
        Assert.Contains(expected, Assert.Single(_warnings), StringComparison.Ordinal);
    }

    [Fact]
    public void UnknownType_IsAWarningThatNamesTheFile()
    {
        var plan = Plan("apiVersion: dapr.io/v1alpha1\nkind: Component\nmetadata: { name: files }\nspec: { type: bindings.azure.blobstorage }");
        var warning = Assert.Single(plan.Unknown());
        Assert.Contains("0.yaml", warning, StringComparison.Ordinal);
        Assert.Contains("'files' has the type bindings.azure.blobstorage", warning, StringComparison.Ordinal);
    }

    [Fact]
    public void StateStores_HaveThePrefixesOfTheirComponents()
    {
        var plan = Plan(Store("one", ""), Store("two", "keyPrefix, value: name"), Store("three", "keyPrefix, value: \"of-{appID}\""), Store("four", "KEYPREFIX, value: none"));
        Assert.Equal(
            ["four=", "one=app||", "three=of-app||", "two=two||"],
            plan.StateStoresOf("app").Select(store => $"{store.Key}={store.Value}").Order());
        var refused = Assert.Throws<LauncherException>(() => Plan(Store("bad", "keyPrefix, value: \"a||b\"")).StateStoresOf("app"));
        Assert.Contains("'bad'", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Configuration_LimitsSecrets()
    {
        _folder.Write("secrets.json", """{"a":"1","b":"2"}""");
        var configuration = _folder.Write("config/config.yaml", """
            apiVersion: dapr.io/v1alpha1
            kind: Configuration
            metadata: { name: c }
            spec: { secrets: { scopes: [{ storeName: local, defaultAccess: deny, allowedSecrets: [a] }] } }
            """);
        var secrets = Plan(configuration, Secrets).Of("app").Secrets;
        Assert.Null(secrets.Get("local", "a").Error);
        Assert.Equal("ERR_PERMISSION_DENIED", secrets.Get("local", "b").Error!.Code);
    }

    [Theory]
    [InlineData("[{ storeName: s }, { storeName: s }]", "'s' is scoped twice")]
    [InlineData("[{ storeName: s, defaultAccess: maybe }]", "must be allow or deny")]
    [InlineData("[{ defaultAccess: deny }]", "storeName is missing")]
    public void Configuration_ThatIsBroken_RefusesTheRun(string scopes, string expected)
    {
        var file = _folder.Write("config/config.yaml", $"spec: {{ secrets: {{ scopes: {scopes} }} }}");
        Assert.Contains(expected, Assert.Throws<LauncherException>(() => AppConfiguration.Read(file, [])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Configuration_ItsFeaturesCount_WhatIsNotAppliedIsWarnedOf_TheRestIsAccepted()
    {
        var file = _folder.Write("config/config.yaml", """
            kind: Configuration
            spec:
              tracing: { samplingRate: "1", zipkin: { endpointAddress: "http://localhost:9411/api/v2/spans" } }
              metric: { enabled: false }
              nameResolution: { component: mdns }
              logging: { apiLogging: { enabled: true } }
              features: [{ name: ActorStateTTL, enabled: true }, { name: Actor.Reentrancy, enabled: false }]
              accessControl: { defaultAction: deny }
            """);
        var configuration = AppConfiguration.Read(file, _warnings);
        Assert.Equal((true, false, true), (configuration.HasActorStateTtl, configuration.Features.Contains("Actor.Reentrancy"), configuration.LogsApiCalls));
        Assert.Equal([$"{file}(8): accessControl is not applied by the local sidecar"], _warnings);
    }

    [Fact]
    public void Configuration_OfAnotherKind_IsWarnedOf()
    {
        var file = _folder.Write("config/config.yaml", "kind: Component\n");
        Assert.False(AppConfiguration.Read(file, _warnings).HasActorStateTtl);
        Assert.Contains("(1): kind Component is no Configuration", Assert.Single(_warnings), StringComparison.Ordinal);
    }

    private static string Store(string name, string metadata) =>
        $"apiVersion: dapr.io/v1alpha1\nkind: Component\nmetadata: {{ name: {name} }}\nspec: {{ type: state.redis, metadata: [{(metadata.Length == 0 ? "" : $"{{ name: {metadata} }}")}] }}";

    private ComponentPlan Plan(params string[] files)
    {
        var configuration = files[0].EndsWith("config.yaml", StringComparison.Ordinal) ? files[0] : null;
        foreach (var (index, text) in files.Skip(configuration is null ? 0 : 1).Index())
            _folder.Write($"resources/{index}.yaml", text);
        var folders = new ResourceFolders(new Dictionary<string, string> { ["REGION"] = "here" }, "default", _folder.Path, _warnings, _folder.At("data"));
        return new ComponentPlan(
            new RunFile("dapr.yaml", [new RunFileApp("app", "/") { ResourcesPaths = [_folder.At("resources")], ConfigFilePaths = configuration is null ? [] : [configuration] }]),
            folders, _warnings);
    }
}
