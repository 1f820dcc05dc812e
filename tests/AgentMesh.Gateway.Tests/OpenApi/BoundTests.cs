using System.Globalization;
using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;
using AgentMesh.Gateway.Agents;
using AgentMesh.Gateway.Mail;
using AgentMesh.Primitives;
using AgentMesh.X402.Exact.Evm;

namespace AgentMesh.Gateway.Tests.OpenApi;

/// <summary>Bounds that the OpenAPI document gives are those that requests are held to, at each of them and one beyond.</summary>
public sealed class BoundTests(GatewayFixture fixture) : IClassFixture<GatewayFixture>
{
    /// <summary>Every number in a query, but of what waits so long, and of what is no request but a WebSocket.</summary>
    public static TheoryData<string, string, string, string> Numbers
    {
        get
        {
            var data = new TheoryData<string, string, string, string>();
            foreach (var path in CommittedDocument.Paths.EnumerateObject().Where(path => path.Name != "/agent/{userId}"))
            {
                foreach (var verb in path.Value.EnumerateObject().Where(verb => verb.Value.ValueKind == JsonValueKind.Object && verb.Value.TryGetProperty("parameters", out _)))
                {
                    foreach (var parameter in verb.Value.GetProperty("parameters").EnumerateArray())
                    {
                        var (name, schema) = (parameter.GetProperty("name").GetString()!, parameter.GetProperty("schema"));
                        if (parameter.GetProperty("in").GetString() == "query" && name != "wait" && schema.TryGetProperty("maximum", out var most))
                            data.Add($"{verb.Name} {path.Name}", name, schema.GetProperty("minimum").GetRawText(), most.GetRawText());
                    }
                }
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Numbers))]
    public async Task NumberOfAQuery_IsTakenAtItsBounds_AndNotBeyond(string route, string name, string least, string most)
    {
        foreach (var (number, isTaken) in new[] { (Of(least), true), (Of(most), true), (Of(least) - 1, false), (Of(most) + 1, false) })
        {
            fixture.Sidecar.Reset();
            var path = route.Split(' ')[1].Replace("{userId}", "alice", StringComparison.Ordinal);
            using var request = new HttpRequestMessage(new HttpMethod(route.Split(' ')[0]), $"{path}?q=a&{name}={number}");
            request.Headers.Accept.ParseAdd("application/json");
            using var client = fixture.Gateway.Client();
            using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
            Assert.True(response.StatusCode == HttpStatusCode.BadRequest != isTaken, $"{route}?{name}={number}: {response.StatusCode}");
        }

        static decimal Of(string text) => decimal.Parse(text, CultureInfo.InvariantCulture);
    }

    [Theory]
    [InlineData("userId", "a")]
    [InlineData("userId", "a.b_c-9")]
    [InlineData("userId", "_a")]
    [InlineData("userId", "Alice")]
    [InlineData("userId", "a:b")]
    [InlineData("userId", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")]
    [InlineData("userId", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")]
    [InlineData("sessionId", "default")]
    [InlineData("sessionId", "-")]
    [InlineData("sessionId", "a.b")]
    [InlineData("sessionId", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")]
    [InlineData("sessionId", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")]
    [InlineData("messageId", "1-aaaaaaaaaaaaaaaaaaaaaaaaaa")]
    [InlineData("messageId", "0-aaaaaaaaaaaaaaaaaaaaaaaaaa")]
    [InlineData("messageId", "1-aaaaaaaaaaaaaaaaaaaaaaaaa1")]
    [InlineData("paymentId", "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff")]
    [InlineData("paymentId", "00112233445566778899AABBCCDDEEFF00112233445566778899aabbccddeeff")]
    [InlineData("paymentId", "00112233445566778899aabbccddeeff00112233445566778899aabbccddeef")]
    [InlineData("id", "aaaaaaaaaaaaa")]
    [InlineData("id", "aaaaaaaaaaaa1")]
    [InlineData("id", "aaaaaaaaaaaa")]
    public void PartOfAPath_HasThePatternThatItIsReadWith(string name, string text)
    {
        var isRead = name switch
        {
            "userId" => UserId.TryParse(text, out _),
            "sessionId" => SessionId.CanExist(text),
            "messageId" => MailId.CanExist(text),
            "paymentId" => PaymentId.TryParse(text, out _),
            _ => ApiKeyId.TryParse(text, out _),
        };
        Assert.Equal(isRead, Regex.IsMatch(text, DocumentWriter.PathParameters[name].Schema()["pattern"]!.GetValue<string>()));
    }

    /// <summary>What holds every other test of the pipeline against the document can say no.</summary>
    [Theory]
    [InlineData("/components/schemas/MessageRequest", """{"content":"hi","sessionId":null}""", true)]
    [InlineData("/components/schemas/MessageRequest", """{"content":" "}""", false)]
    [InlineData("/components/schemas/MessageRequest", """{"content":"hi","ifBusy":"wait"}""", false)]
    [InlineData("/components/schemas/TurnAnswer", """{"response":"hi","messageCount":2,"seq":2,"turnId":"t1","sessionId":"default"}""", true)]
    [InlineData("/components/schemas/TurnAnswer", """{"response":"hi","messageCount":"2","seq":2,"turnId":"t1","sessionId":"default"}""", false)]
    [InlineData("/components/schemas/TurnAnswer", """{"response":"hi","messageCount":2,"seq":2,"turnId":"t1"}""", false)]
    [InlineData("/components/schemas/ProfileResponse", """{"systemPrompt":null}""", true)]
    [InlineData("/components/schemas/ProfileResponse", "{}", false)]
    [InlineData("/components/schemas/SummaryResponse", """{"sessionId":"a","text":"","throughSeq":1,"updatedAt":"2026-01-02T03:04:05Z"}""", true)]
    [InlineData("/components/schemas/SummaryResponse", """{"sessionId":"a","text":"","throughSeq":1,"updatedAt":"yesterday"}""", false)]
    public void Schema_SaysNo(string place, string json, bool isValid) => Assert.Equal(isValid, CommittedDocument.WhyInvalid(place, JsonElement.Parse(json)) is null);
}
