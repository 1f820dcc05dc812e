using System.ClientModel.Primitives;
using AgentMesh.ActorHost.Responders;
using Anthropic.Models.Messages;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging.Abstractions;
using OpenAI.Chat;

namespace AgentMesh.ActorHost.Tests.Responders;

/// <summary>Which chunks of the providers' libraries end the wait for the first one.</summary>
public sealed class ModelStreamTests
{
    public static TheoryData<string, int> Chunks => new()
    {
        { "nothing", 60 },
        { "call of OpenAI", 30 },
        { "call of Anthropic", 30 },
        { "reasoning", 30 },
    };

    [Theory]
    [MemberData(nameof(Chunks))]
    public async Task CallOfATool_IsWork_ThoughItHasNoTextYet(string chunk, int seconds)
    {
        var time = new TimerSignals();
        var client = new OneChunk(chunk switch
        {
            "call of OpenAI" => new ChatResponseUpdate
            {
                RawRepresentation = ModelReaderWriter.Read<StreamingChatCompletionUpdate>(
                    BinaryData.FromString("""{"choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"function":{"arguments":"{"}}]}}]}""")),
            },
            "call of Anthropic" => new ChatResponseUpdate
            {
                RawRepresentation = new RawMessageStreamEvent(new RawContentBlockDeltaEvent { Index = 1, Delta = new InputJsonDelta("{") }),
            },
            "reasoning" => new ChatResponseUpdate(ChatRole.Assistant, [new TextReasoningContent("hm")]),
            _ => new ChatResponseUpdate(),
        });
        await using var stream = new ModelStream(
            client, [], new ChatOptions(), null, new ResponderOptions { Provider = ResponderProviders.OpenAI }, time, NullLogger.Instance, CancellationToken.None, CancellationToken.None);
        var reading = stream.ReadTextAsync().AsTask();
        await client.Read.Task;
        time.Advance(TimeSpan.FromSeconds(seconds) - TimeSpan.FromMilliseconds(1));
        Assert.False(reading.IsCompleted);
        time.Advance(TimeSpan.FromMilliseconds(1));
        var failure = await Assert.ThrowsAsync<ResponderFailedException>(() => reading);
        Assert.Equal($"The model sent nothing for {seconds} s.", failure.Detail);
    }

    /// <summary>Sends a chunk, says when it has been read, and falls silent.</summary>
    private sealed class OneChunk(ChatResponseUpdate chunk) : IChatClient
    {
        public TaskCompletionSource Read { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
            IEnumerable<Microsoft.Extensions.AI.ChatMessage> messages,
            ChatOptions? options = null,
            [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken = default)
        {
            yield return chunk;
            Read.SetResult();
            await Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken);
        }

        public Task<ChatResponse> GetResponseAsync(
            IEnumerable<Microsoft.Extensions.AI.ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
            throw new NotSupportedException();

        public object? GetService(System.Type serviceType, object? serviceKey = null) => null;

        public void Dispose()
        {
        }
    }
}
