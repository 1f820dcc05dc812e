using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using AgentMesh.Evm.Signing;
using AgentMesh.X402.Codecs;
using AgentMesh.X402.Wire;

namespace AgentMesh.EndToEnd.Fuzz;

/// <summary>
/// Sends one request after the other about an agent that is nobody else's, and looks after each what the agent has stored. As soon as a request was taken it goes on
/// with another agent: two of three are new, the rest have a conversation, a session and a wallet.
/// </summary>
/// <param name="run">The run.</param>
/// <param name="number">Which of its lanes.</param>
/// <param name="token">What its requests show that bring none; null: nothing.</param>
internal sealed class Lane(FuzzRun run, int number, string? token) : IDisposable
{
    private readonly StoreWatch _store = run.OpenStore();
    private readonly EvmKey _buyer = EvmKey.FromBytes(RandomNumberGenerator.GetBytes(EvmKey.Length));
    private readonly Dictionary<int, PaymentRequired> _terms = [];
    private Wire? _wire;
    private int _users;
    private int _sent;
    private string _user = "";
    private IReadOnlyList<string> _stored = [];
    private bool _isPoor = true;

    /// <summary>The kind and the number of the case that is sent.</summary>
    public string Case { get; set; } = "";

    /// <summary>A request of HTTP or of MCP.</summary>
    public async Task SendAsync(HttpCase made)
    {
        await BeginAsync();
        await SendToAsync(made);
    }

    private async Task<Answer> SendToAsync(HttpCase made)
    {
        var sent = token is null || made.IsAnonymous || made.Headers.Any(header => header.Name == "Authorization") ? made : made with { Headers = [.. made.Headers, ("Authorization", $"Bearer {token}")] };
        var bytes = sent.Render(_user);
        var answer = await ExchangeAsync(sent, bytes);
        run.Count(sent.IsMcp && answer.Status < 400 && Oracle.IsMcpRefusal(answer) ? "MCP refusal in a 200" : Oracle.NameOf(answer));
        string Example() => $"{sent.Kind} of {_user}\n--- sent\n{HttpCase.Print(bytes)}\n--- answered\n{answer.Status} {answer.ContentType}\n{HttpCase.Print(answer.Body)}";
        if (Oracle.WhyWrong(sent, answer) is { } fault)
            Fail($"{fault} ({HttpCase.GroupOf(sent.Kind)})", Example());
        var mayStore = MayStore(sent, answer);
        // Of another user, when the path is wrong in such a way.
        if (mayStore && AgentOf(sent) is { } other)
            run.Touch(other);
        await LookAsync(sent.Kind, mayStore, answer.Status is >= 0 and < 400, Example);
        return answer;
    }

    /// <summary>A WebSocket.</summary>
    public async Task SendAsync(SocketCase sent)
    {
        await BeginAsync();
        var (name, fault) = await SocketDriver.RunAsync(run.Gateway, sent, _user);
        run.Count(name);
        string Example() => $"{sent.Kind} of {_user}\n--- sent\n{HttpCase.Print(sent.Handshake.Render(_user))}{string.Join('\n', sent.Frames.Select(HttpCase.Print))}";
        if (fault is not null)
            Fail($"{fault} ({HttpCase.GroupOf(sent.Kind)})", Example());
        await LookAsync(sent.Kind, sent.MayStore, true, Example);
    }

    /// <summary>A payment.</summary>
    public async Task SendAsync(PaymentCase made)
    {
        // Only who has been used sells something.
        if (_user.Length == 0 || _stored.Count == 0)
            await RenewAsync(isUsed: true);
        if (_isPoor)
        {
            using var facilitator = new FacilitatorClient(run.Mesh);
            await facilitator.FundAsync(_buyer.Address, "100000000", $"{_buyer.Address}");
            _isPoor = false;
        }

        var payments = Payments();
        var sent = PaymentRequests.ToRequest(made, await TermsAsync(made.Version), _buyer);
        var user = _user;
        var answer = await SendToAsync(sent);
        // The agent is the same when nothing was taken.
        if (_user == user && !Payments().SetEquals(payments))
            Fail($"stored: a refused payment has left something in the payments app ({HttpCase.GroupOf(made.Kind)})", $"{made}\n{HttpCase.Print(sent.Render(_user))}\n--- answered\n{answer.Status} {answer.Text}");

        HashSet<string> Payments() => [.. _store.Below("payments||").Select(key => string.Join("||", key.Split("||").Take(3)))];
    }

    /// <summary>Notes what is wrong with the case that is sent.</summary>
    public void Fail(string fault, string example) => run.Fail(fault, $"{example}\nalone: AGENTMESH_FUZZ_SEED={FuzzRun.Seed} AGENTMESH_FUZZ_ONE={Case}");

    /// <summary>Goes on with another agent.</summary>
    public async Task RenewAsync(bool? isUsed = null)
    {
        _user = string.Create(CultureInfo.InvariantCulture, $"f{number}-{_users++}");
        _terms.Clear();
        if (isUsed ?? _users % 3 == 0)
        {
            run.Touch(_user);
            await PrepareAsync("message", "{\"content\":\"hello\"}");
            await PrepareAsync("sessions", "{\"metadata\":{\"a\":1}}");
            await _store.UntilSettledAsync(_user);
        }

        _stored = _store.OfAgent(_user);
    }

    /// <summary>It is done: what its last agent has stored is looked at once more at the end of the run.</summary>
    public void Leave()
    {
        if (_user.Length > 0)
            run.Leave(_user, _stored);
    }

    public void Dispose()
    {
        _store.Dispose();
        _buyer.Dispose();
        _wire?.Dispose();
    }

    private async Task BeginAsync()
    {
        const int MostOfOne = 30;
        if (_user.Length == 0 || ++_sent % MostOfOne == 0)
        {
            Leave();
            await RenewAsync();
        }
    }

    private async Task LookAsync(string kind, bool mayStore, bool wasRead, Func<string> example)
    {
        var stored = _store.OfAgent(_user);
        var isSame = stored.SequenceEqual(_stored);
        if (wasRead && !isSame)
        {
            // Soft state, when the agent was last looked at: the first read sets the reminder that writes it.
            var flush = $"AgentActor||default:{_user}||flush";
            isSame = stored.Where(NotFlush).SequenceEqual(_stored.Where(NotFlush));
            _stored = isSame ? stored : _stored;
            bool NotFlush(string key) => !key.StartsWith(flush, StringComparison.Ordinal);
        }

        if (!mayStore && !isSame)
            Fail($"stored: a request that was not taken changed something ({HttpCase.GroupOf(kind)})", $"{example()}\n--- changed\n{string.Join('\n', stored.Except(_stored).Concat(_stored.Except(stored).Select(key => $"was {key}")))}");
        if (!mayStore && isSame)
            return;
        run.Touch(_user);
        await RenewAsync();
    }

    private string? AgentOf(HttpCase sent)
    {
        var parts = sent.Target.Replace(HttpCase.User, _user, StringComparison.Ordinal).Split('?')[0].Split('/');
        var at = Array.FindIndex(parts, part => part is "agent" or "agents");
        return at >= 0 && at + 1 < parts.Length ? Uri.UnescapeDataString(parts[at + 1]) : null;
    }

    private static bool MayStore(HttpCase sent, Answer answer)
    {
        // Whether it was taken nobody has said: only what is known to need the body that did not come was not.
        if (answer.Status is Answer.Closed or Answer.Hung)
            return sent.Framing != Framing.HeadCut && !(sent.ReadsBody && sent.Framing is Framing.Long or Framing.ChunkedCut or Framing.ChunkedHuge);
        if (Oracle.IsKept(answer))
            return true;
        if (answer.Status >= 400 || sent.Method is "GET" or "HEAD" or "OPTIONS" or "TRACE")
            return false;
        return !sent.IsMcp || McpRequests.MayStore(sent.Body) && !Oracle.IsMcpRefusal(answer);
    }

    private async Task<Answer> ExchangeAsync(HttpCase sent, byte[] bytes)
    {
        _wire ??= await Wire.ConnectAsync(run.Gateway);
        // A restore is as many calls of the agent as its export has parts, and of its removal.
        var patience = HttpCase.GroupOf(sent.Kind) is PaymentRequests.Group or RestoreRequests.Group ? Wire.PatienceOfPayments : Wire.Patience;
        var answer = await _wire.ExchangeAsync(bytes, sent.Method, sent.EndsConnection, patience);
        // Only what was surely read as one request leaves the connection as it was.
        if (sent.MayBeCut || !answer.IsWhole || answer.Status is 101 || answer.Headers["connection"].Contains("close") || sent.Headers.Any(header => header.Name is "Connection" or "Transfer-Encoding" or "Expect" or "Content-Length"))
        {
            _wire.Dispose();
            _wire = null;
        }

        return answer;
    }

    private async Task PrepareAsync(string path, string body)
    {
        var sent = new HttpCase("prepare", "POST", $"/agent/{_user}/{path}", [("Host", "localhost"), ("Content-Type", "application/json"), .. token is null ? [] : new[] { ("Authorization", $"Bearer {token}") }], Encoding.ASCII.GetBytes(body));
        var answer = await ExchangeAsync(sent, sent.Render(_user));
        Assert.True(answer.Status is 200 or 201, $"{path}: {answer.Status} {answer.Text}");
    }

    private async Task<PaymentRequired> TermsAsync(int version)
    {
        if (_terms.TryGetValue(version, out var known))
            return known;
        var sent = new HttpCase("terms", "POST", $"/agent/{_user}/premium/analysis", [("Host", "localhost"), ("Content-Type", "application/json")], "{\"query\":\"is it so?\"}"u8.ToArray());
        var answer = await ExchangeAsync(sent, sent.Render(_user));
        return _terms[version] = PaymentRequiredAnswer.Read(version == X402Version.V2 ? answer.Headers["payment-required"].Single() : null, answer.Body).Value!;
    }
}
