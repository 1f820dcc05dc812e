using AgentMesh.Sidecar.Dashboard;

namespace AgentMesh.Sidecar.Tests.Dashboard;

public sealed class SecretMaskTests
{
    [Theory]
    [InlineData("redisPassword", true)]
    [InlineData("PWD", true)]
    [InlineData("clientSecret", true)]
    [InlineData("apiToken", true)]
    [InlineData("MODEL_API_KEY", true)]
    [InlineData("accountKey", true)]
    [InlineData("key", true)]
    [InlineData("connectionString", true)]
    [InlineData("Authorization", true)]
    [InlineData("keyPrefix", false)]
    [InlineData("secretStore", false)]
    [InlineData("redisHost", false)]
    [InlineData("consumerID", false)]
    [InlineData("monkeys", false)]
    public void Name_TellsWhetherItsValueIsShown(string name, bool secret) => Assert.Equal(secret, SecretMask.IsSecret(name));

    [Theory]
    [InlineData("localhost:6379", "localhost:6379")]
    [InlineData("redis://user:pass@host:6379", "redis://••••••@host:6379")]
    [InlineData("Endpoint=x;AccountKey=abc", SecretMask.Hidden)]
    [InlineData("Bearer abc", SecretMask.Hidden)]
    [InlineData("-----BEGIN PRIVATE KEY-----", SecretMask.Hidden)]
    public void Value_LosesTheCredentialsInIt(string value, string shown) => Assert.Equal(shown, SecretMask.Clean(value));

    [Theory]
    [InlineData("run --password p --port 1", "run --password •••••• --port 1")]
    [InlineData("run --api-key=k x", "run --api-key=•••••• x")]
    [InlineData("dotnet app.dll --token", "dotnet app.dll --token")]
    public void Command_LosesTheValuesOfSecretOptions(string command, string shown) => Assert.Equal(shown, SecretMask.Command(command.Split(' ')));

    [Fact]
    public void Yaml_KeepsReferences_AndLosesPlainSecretsAndComments()
    {
        var shown = SecretMask.Yaml("""
            # password: in-a-comment
            kind: Component
            auth: { secretStore: local }
            spec:
              metadata:
              - name: redisPassword
                value: plain-one
              - name: redisPassword2
                secretKeyRef: { name: redis, key: password }
              - { name: redisHost, value: "redis://u:plain-two@h" }
            env: { API_TOKEN: plain-three, MODE: dev }
            ---
            kind: HTTPEndpoint
            spec: { headers: [{ name: Authorization, value: Bearer plain-four }] }
            """);
        Assert.DoesNotContain("plain-", shown, StringComparison.Ordinal);
        Assert.DoesNotContain("comment", shown, StringComparison.Ordinal);
        foreach (var kept in new[] { "secretKeyRef", "name: redis,", "key: password", "secretStore: local", "MODE: dev", "---", "@h" })
            Assert.Contains(kept, shown, StringComparison.Ordinal);
    }

    [Fact]
    public void BrokenYaml_IsNotShown()
    {
        var shown = SecretMask.Yaml("password: [plain");
        Assert.StartsWith("# not shown", shown, StringComparison.Ordinal);
        Assert.DoesNotContain("plain", shown, StringComparison.Ordinal);
    }
}
