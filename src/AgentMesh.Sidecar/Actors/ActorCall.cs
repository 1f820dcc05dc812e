using System.Buffers;
using AgentMesh.Sidecar.Channel;
using AgentMesh.Sidecar.Http;
using AgentMesh.Sidecar.Runtime;

namespace AgentMesh.Sidecar.Actors;

/// <summary><c>GET|POST|PUT|DELETE /v1.0/actors/{type}/{id}/method/{method}</c>: one call, one turn, headers and body passed through.</summary>
internal sealed class ActorCall(ActorRouter router)
{
    /// <summary>Kestrel and HttpClient hold the limits on bodies; this only sizes the first buffer for answers without a length.</summary>
    private const int FirstBuffer = 4096;

    private const string ReentrancyId = "Dapr-Reentrancy-Id";

    public async Task HandleAsync(HttpContext context, AppInstance caller, ActorRef actor, string method)
    {
        var aborted = context.RequestAborted;
        if (!AppPath.IsName(actor.Type) || !AppPath.IsName(actor.Id) || AppPath.CleanMethod(method) is not { } cleaned)
        {
            await DaprError.BadRequest($"invalid actor type, id or method: '{actor}', '{method}'").WriteAsync(context.Response, aborted);
            return;
        }

        using var body = await RequestBody.ReadAsync(context.Request, aborted);
        var (answer, error) = await router.RunTurnAsync(
            actor, context.Request.Headers[ReentrancyId],
            (host, newId, token) => CallAppAsync(context.Request.Headers, body.Memory, caller, host, newId, actor, cleaned, token), aborted);
        using (answer)
        {
            if ((error ?? answer!.Error) is { } failure)
                await failure.WriteAsync(context.Response, aborted);
            else
                await answer!.WriteAsync(context.Response, aborted);
        }
    }

    private static async Task<Answer> CallAppAsync(
        IHeaderDictionary headers, ReadOnlyMemory<byte> body, AppInstance caller, AppConnection host, string? newReentrancyId, ActorRef actor,
        string method, CancellationToken cancellationToken)
    {
        using var request = host.Channel.CreateRequest(HttpMethod.Put, $"{actor.AppPath}/method/{AppPath.Escape(method)}");
        request.Content = new ReadOnlyMemoryContent(body);
        ForwardedHeaders.CopyTo(headers, request);
        request.Headers.TryAddWithoutValidation("Dapr-API-Call", "true");
        request.Headers.TryAddWithoutValidation("dapr-caller-app-id", caller.App.AppId);
        if (newReentrancyId is not null)
        {
            request.Headers.Remove(ReentrancyId);
            request.Headers.TryAddWithoutValidation(ReentrancyId, newReentrancyId);
        }

        try
        {
            using var response = await host.Channel.SendAsync(request, cancellationToken);
            // Read to the end inside the turn, written to the caller after it: a slow caller does not hold the actor.
            return await Answer.ReadAsync(response, method, cancellationToken);
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException)
        {
            // IOException: the app died in the middle of its answer.
            return new Answer(DaprError.ActorInvoke($"failed to reach the app: {exception.Message}"));
        }
    }

    private sealed class Answer : IDisposable
    {
        private readonly HeaderDictionary _headers = [];
        private byte[]? _body;
        private int _length;

        public Answer(DaprError? error) => Error = error;

        public DaprError? Error { get; private set; }

        public static async Task<Answer> ReadAsync(HttpResponseMessage response, string method, CancellationToken cancellationToken)
        {
            var answer = new Answer(null);
            try
            {
                await answer.ReadBodyAsync(response, cancellationToken);
                if (response.StatusCode == System.Net.HttpStatusCode.OK)
                    ForwardedHeaders.CopyTo(response, answer._headers);
                else if (response.StatusCode == System.Net.HttpStatusCode.NotFound)
                    answer.Error = DaprError.ActorInvoke($"actor method not found: {method}");
                else
                    answer.Error = DaprError.ActorInvoke($"error from actor service: ({(int)response.StatusCode}) {answer.Text}");
                return answer;
            }
            catch
            {
                answer.Dispose();
                throw;
            }
        }

        public async Task WriteAsync(HttpResponse response, CancellationToken cancellationToken)
        {
            foreach (var header in _headers)
                response.Headers[header.Key] = header.Value;
            response.ContentType ??= "application/json";
            response.ContentLength = _length;
            await response.Body.WriteAsync(_body.AsMemory(0, _length), cancellationToken);
        }

        public void Dispose()
        {
            if (_body is not null)
                ArrayPool<byte>.Shared.Return(_body);
            _body = null;
        }

        private string Text => System.Text.Encoding.UTF8.GetString(_body.AsSpan(0, _length));

        private async Task ReadBodyAsync(HttpResponseMessage response, CancellationToken cancellationToken)
        {
            await using var stream = await response.Content.ReadAsStreamAsync(cancellationToken);
            _body = ArrayPool<byte>.Shared.Rent((int)Math.Min(response.Content.Headers.ContentLength ?? FirstBuffer, Array.MaxLength - 1) + 1);
            while (await stream.ReadAsync(_body.AsMemory(_length), cancellationToken) is > 0 and var read)
            {
                _length += read;
                if (_length == _body.Length)
                {
                    var larger = ArrayPool<byte>.Shared.Rent(_body.Length * 2);
                    _body.CopyTo(larger, 0);
                    ArrayPool<byte>.Shared.Return(_body);
                    _body = larger;
                }
            }
        }
    }
}
