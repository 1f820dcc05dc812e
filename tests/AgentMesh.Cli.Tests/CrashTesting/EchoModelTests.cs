using System.Net.Http.Json;
using System.Net.ServerSentEvents;
using System.Text.Json;
using AgentMesh.Cli.CrashTesting.Driving;

namespace AgentMesh.Cli.Tests.CrashTesting;

/// <summary>The stand-in for a model, as a client of OpenAI's chat completions sees it.</summary>
public sealed class EchoModelTests
{
    [Theory]
    [InlineData("""{"messages":[{"role":"user","content":"one \"two\" ü"}]}""", "You said: one \"two\" ü")]
    [InlineData("""{"messages":[{"role":"system","content":"no"},{"role":"user","content":"first"},{"role":"assistant","content":"no"},{"role":"user","content":"last"}]}""", "You said: last")]
    [InlineData("""{"messages":[{"role":"user","content":[{"type":"text","text":"in "},{"type":"text","text":"parts"}]}]}""", "You said: in parts")]
    public async Task Answer_IsTheUsersLastMessage_WordByWord(string request, string expected)
    {
        await using var model = EchoModel.Start(TimeProvider.System);
        using var client = new HttpClient();
        using var answer = await client.PostAsJsonAsync(new Uri($"{model.Endpoint}/chat/completions"), JsonElement.Parse(request), TestContext.Current.CancellationToken);
        Assert.Equal("text/event-stream", answer.Content.Headers.ContentType!.MediaType);
        var (text, finish, events) = ("", "", 0);
        await foreach (var item in SseParser.Create(await answer.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken)).EnumerateAsync(TestContext.Current.CancellationToken))
        {
            if (item.Data == "[DONE]")
                break;
            var choice = JsonElement.Parse(item.Data).GetProperty("choices")[0];
            text += choice.GetProperty("delta").TryGetProperty("content", out var piece) ? piece.GetString() : "";
            finish = choice.GetProperty("finish_reason").GetString() ?? finish;
            events++;
        }

        Assert.Equal((expected, "stop"), (text, finish));
        Assert.Equal(expected.Split(' ').Length + 2, events);
        Assert.Equal(expected, EchoModel.AnswerTo(expected["You said: ".Length..]));
    }
}
