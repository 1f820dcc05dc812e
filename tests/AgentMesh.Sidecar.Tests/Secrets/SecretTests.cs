using System.Net;
using System.Text;
using System.Text.Json;
using AgentMesh.Sidecar.Secrets;
using AgentMesh.Sidecar.Tests.Runtime;

namespace AgentMesh.Sidecar.Tests.Secrets;

public sealed class SecretTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private const string Nested = """{"plain":"p","number":1.50,"flag":true,"db":{"user":"u","deep":{"key":"k"}},"list":["a","b"]}""";

    [Theory]
    [InlineData(":", "plain=p number=1.50 flag=true db:user=u db:deep:key=k list:0=a list:1=b")]
    [InlineData(".", "plain=p number=1.50 flag=true db.user=u db.deep.key=k list.0=a list.1=b")]
    public void File_Flattens(string separator, string expected)
    {
        var store = SecretStore.OfFile(Encoding.UTF8.GetBytes(Nested), separator);
        Assert.Equal(expected.Split(' ').Order(), store.All.Select(secret => $"{secret.Key}={secret.Value[secret.Key]}").Order());
        Assert.Equal("p", store.Get("plain")!["plain"]);
        Assert.Null(store.Get("db"));
    }

    [Fact]
    public void File_MultiValued_HasSeveralValuesForOneSecret()
    {
        var store = SecretStore.OfFile(Encoding.UTF8.GetBytes(Nested), multiValued: true);
        Assert.Equal(["deep:key=k", "user=u"], store.Get("db")!.Select(value => $"{value.Key}={value.Value}").Order());
        Assert.Equal("p", store.Get("plain")!["plain"]);
        Assert.Null(store.Get("db:user"));
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("{")]
    [InlineData("""{"a":null}""")]
    public void File_ThatIsNoSetOfSecrets_IsRefused(string json) => Assert.ThrowsAny<JsonException>(() => SecretStore.OfFile(Encoding.UTF8.GetBytes(json)));

    [Theory]
    [InlineData("", "HOME", "/home")]
    [InlineData("", "MISSING", "")]
    [InlineData("", "APP_API_TOKEN", "")]
    [InlineData("", "app_api_token", "")]
    [InlineData("", "DAPR_API_TOKEN", "")]
    [InlineData("DAPR_", "API_TOKEN", "")]
    [InlineData("MY_", "KEY", "mine")]
    [InlineData("MY_", "HOME", "")]
    public void Environment_GivesEmptyForWhatIsNotThereOrHidden(string prefix, string name, string expected) =>
        Assert.Equal(expected, SecretStore.OfEnvironment(Variables, prefix).Get(name)![name]);

    [Fact]
    public void Environment_All_HidesDaprsOwn_AndStripsThePrefix()
    {
        Assert.Equal(["HOME", "MY_KEY"], SecretStore.OfEnvironment(Variables).All.Keys.Order());
        Assert.Equal("mine", Assert.Single(SecretStore.OfEnvironment(Variables, "MY_").All).Value["KEY"]);
    }

    [Theory]
    // default deny, allowed, denied, secret, may be read
    [InlineData(false, "", "", "a", true)]
    [InlineData(false, "", "a", "a", false)]
    [InlineData(false, "b", "", "a", false)]
    [InlineData(true, "", "", "a", false)]
    [InlineData(true, "a", "", "a", true)]
    [InlineData(true, "a", "a", "a", true)]
    public void Scope(bool denies, string allowed, string denied, string secret, bool expected) => Assert.Equal(expected, new SecretScope
    {
        DeniesByDefault = denies,
        Allowed = allowed.Length == 0 ? [] : allowed.Split(','),
        Denied = denied.Length == 0 ? [] : denied.Split(','),
    }.Allows(secret));

    [Theory]
    [InlineData("file/open", 200, """{"open":"v"}""")]
    [InlineData("env/MISSING", 200, """{"MISSING":""}""")]
    [InlineData("file/bulk", 200, """{"open":{"open":"v"}}""")]
    [InlineData("file/closed", 403, """{"errorCode":"ERR_PERMISSION_DENIED","message":"access denied by policy to get \"closed\" from \"file\""}""")]
    [InlineData("file/missing", 500, """{"errorCode":"ERR_SECRET_GET","message":"failed getting secret with key missing from secret store file: secret missing not found"}""")]
    [InlineData("other/open", 401, """{"errorCode":"ERR_SECRET_STORE_NOT_FOUND","message":"failed finding secret store with key other"}""")]
    [InlineData("other/bulk", 401, """{"errorCode":"ERR_SECRET_STORE_NOT_FOUND","message":"failed finding secret store with key other"}""")]
    [InlineData("empty/bulk", 204, "")]
    public async Task Http(string path, int status, string body)
    {
        await using var sidecar = await SidecarHarness.StartAsync([SidecarHarness.Define("app", 1) with
        {
            Secrets = new SecretAccess(
                new Dictionary<string, SecretStore>
                {
                    ["file"] = SecretStore.OfFile("""{"open":"v","closed":"x"}"""u8.ToArray()),
                    ["empty"] = SecretStore.OfFile("{}"u8.ToArray()),
                    ["env"] = SecretStore.OfEnvironment(Variables),
                },
                new Dictionary<string, SecretScope> { ["file"] = new() { Denied = ["closed"] } }),
        }]);
        using var answer = await sidecar.Client.GetAsync("/v1.0/secrets/" + path, Token);
        Assert.Equal((status, body), ((int)answer.StatusCode, await answer.Content.ReadAsStringAsync(Token)));
    }

    [Fact]
    public async Task Http_WithoutAStore_IsNotConfigured()
    {
        await using var sidecar = await SidecarHarness.StartAsync([SidecarHarness.Define("app", 1)]);
        using var answer = await sidecar.Client.GetAsync("/v1.0/secrets/file/open", Token);
        Assert.Equal(HttpStatusCode.InternalServerError, answer.StatusCode);
        Assert.Contains("ERR_SECRET_STORES_NOT_CONFIGURED", await answer.Content.ReadAsStringAsync(Token), StringComparison.Ordinal);
    }

    private static Dictionary<string, string> Variables => new()
    {
        ["HOME"] = "/home",
        ["MY_KEY"] = "mine",
        ["APP_API_TOKEN"] = "t",
        ["app_api_token"] = "t",
        ["DAPR_API_TOKEN"] = "t",
    };
}
