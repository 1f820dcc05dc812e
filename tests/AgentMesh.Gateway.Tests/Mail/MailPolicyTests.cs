using System.Text;
using System.Text.Json;

namespace AgentMesh.Gateway.Tests.Mail;

/// <summary><c>GET,PUT /agent/{u}/mail-policy</c>.</summary>
public sealed class MailPolicyTests(GatewayFixture fixture) : IClassFixture<GatewayFixture>
{
    private readonly HttpClient _client = fixture.Gateway.Client();

    [Theory]
    [InlineData("""{"value":{"receive":"answer","allow":["bob","acme:*"],"deny":["bot-*"]}}""", """{"receive":"answer","allow":["bob","acme:*"],"deny":["bot-*"]}""")]
    [InlineData("""{"value":{"receive":"store","allow":[],"deny":[]}}""", """{"receive":"store","allow":[],"deny":[]}""")]
    public async Task Get_ShowsIt(string reply, string answer)
    {
        Answers(reply);
        using var response = await _client.GetAsync(new Uri("/agent/alice/mail-policy", UriKind.Relative), TestContext.Current.CancellationToken);
        Assert.Equal(answer, await response.IsJsonAsync());
        Assert.EndsWith("/AgentActor/default:alice/method/GetMailPolicy", Assert.Single(fixture.Sidecar.Calls).Path, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"receive":"answer","allow":["bob"],"deny":["*"]}""", """{"receive":"answer","allow":["bob"],"deny":["*"]}""")]
    [InlineData("""{"receive":null,"allow":null}""", """{"allow":[],"deny":[]}""")]
    [InlineData("{}", """{"allow":[],"deny":[]}""")]
    public async Task Put_SetsItAsAWhole(string body, string sent)
    {
        Answers("""{"value":{"receive":"ignore","allow":["as"],"deny":["stored"]}}""");
        using var response = await PutAsync(body);
        Assert.Equal("""{"receive":"ignore","allow":["as"],"deny":["stored"]}""", await response.IsJsonAsync());
        var call = Assert.Single(fixture.Sidecar.Calls);
        Assert.EndsWith("/AgentActor/default:alice/method/SetMailPolicy", call.Path, StringComparison.Ordinal);
        Assert.Equal(sent, call.Body);
    }

    [Theory]
    [InlineData("""{"allow":["bob",null]}""", "invalid_mail_policy")]
    [InlineData("""{"deny":[null]}""", "invalid_mail_policy")]
    [InlineData("""{"allow":"bob"}""", "invalid_request")]
    [InlineData("""{"deny":[7]}""", "invalid_request")]
    [InlineData("""{"receive":true}""", "invalid_request")]
    [InlineData("[]", "invalid_request")]
    [InlineData("{", "invalid_json")]
    public async Task Put_RefusesWhatIsNone(string body, string code)
    {
        fixture.Sidecar.Reset();
        using var response = await PutAsync(body);
        await response.IsProblemAsync(400, code);
        Assert.Empty(fixture.Sidecar.Calls);
    }

    [Theory]
    [InlineData("allow", 64, 200)]
    [InlineData("allow", 65, 400)]
    [InlineData("deny", 64, 200)]
    [InlineData("deny", 65, 400)]
    public async Task List_HasALength(string list, int patterns, int status)
    {
        Answers("""{"value":{"receive":"store","allow":[],"deny":[]}}""");
        using var response = await PutAsync(JsonSerializer.Serialize(new Dictionary<string, string[]> { [list] = [.. Enumerable.Repeat("bob", patterns)] }));
        Assert.Equal(status, (int)response.StatusCode);
    }

    [Fact]
    public async Task Refusal_OfTheAgent_IsPassedOn()
    {
        Answers("""{"refusal":{"code":"invalid_mail_policy","detail":"No."}}""");
        using var response = await PutAsync("""{"receive":"maybe"}""");
        await response.IsProblemAsync(400, "invalid_mail_policy");
    }

    private void Answers(string reply)
    {
        fixture.Sidecar.Reset();
        fixture.Sidecar.Then(FakeSidecar.Text(200, reply));
    }

    private async Task<HttpResponseMessage> PutAsync(string body)
    {
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        return await _client.PutAsync(new Uri("/agent/alice/mail-policy", UriKind.Relative), content, TestContext.Current.CancellationToken);
    }
}
