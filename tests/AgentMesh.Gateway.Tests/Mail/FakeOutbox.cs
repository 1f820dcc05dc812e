using System.Text.Json;
using AgentMesh.Contracts;
using AgentMesh.Contracts.Agents;
using AgentMesh.Gateway.Tests.Watching;

namespace AgentMesh.Gateway.Tests.Mail;

/// <summary>The outbox of alice's agent: a message is under way until the test says what becomes of it.</summary>
internal sealed class FakeOutbox
{
    public const string Id = "7-aaaqeayeaudaocajbifqydiob4";

    private static readonly DateTimeOffset At = new(2026, 1, 2, 3, 4, 5, 678, TimeSpan.Zero);

    private readonly FakeAgent _agent;
    private MailItem _mail = new(
        7, Id, "default:alice", "default:bob", "hi", At, MailStates.Pending, null, At.AddDays(1), ["default:alice"], null, null, null, null, null, null, null, null, null, null);

    private int _asked;

    private FakeOutbox(FakeAgent agent) => _agent = agent;

    /// <summary>What was sent.</summary>
    public List<SendMail> Sent { get; } = [];

    /// <summary>How often it was said what is known of the message.</summary>
    public int Asked => Volatile.Read(ref _asked);

    /// <summary>The agent does not know the message any more.</summary>
    public bool HasForgotten { get; set; }

    public static FakeOutbox Of(FakeAgent agent)
    {
        var outbox = new FakeOutbox(agent);
        agent.Others = outbox.Answer;
        return outbox;
    }

    /// <summary>The receiver has it.</summary>
    public long Deliver() => Settle(MailStates.Delivered, null, null);

    /// <summary>The receiver has refused it for good.</summary>
    public long Refuse() => Settle(MailStates.Dead, MailCodes.MailNotAllowed, "No.");

    /// <summary>Its sender does not want it delivered.</summary>
    public long Discard() => Settle(MailStates.Discarded, null, null);

    /// <summary>The receiver answers.</summary>
    public long Reply(string content, string? failure = null, MailBudget? spent = null)
    {
        _mail = _mail with
        {
            Reply = new MailItem(
                3, "4-bbbqeayeaudaocajbifqydiob4", "default:bob", "default:alice", content, At.AddSeconds(1), MailStates.Stored, At.AddSeconds(2), null,
                ["default:alice", "default:bob"], Id, null, failure, spent, null, null, null, null, null, null),
        };
        return Note($$"""{"mail":"4-bbbqeayeaudaocajbifqydiob4","status":"received","from":"default:bob","inReplyTo":"{{Id}}"}""");
    }

    /// <summary>Something of mail that says nothing about this message's end.</summary>
    public long Note(string json) => _agent.Append(EventTypes.Mail, new EventData(Json: json));

    private long Settle(string state, string? code, string? detail)
    {
        _mail = _mail with { State = state, At = At.AddSeconds(1), Code = code, Detail = detail };
        return Note($$"""{"mail":"{{Id}}","status":"{{state}}","to":"default:bob"}""");
    }

    private string? Answer(SidecarCall call)
    {
        switch (call.Path[(call.Path.LastIndexOf('/') + 1)..])
        {
            case nameof(IAgentMail.SendMail):
                Sent.Add(JsonSerializer.Deserialize(call.Body, ContractsJson.Default.SendMail)!);
                return JsonSerializer.Serialize(new Reply<SentMail>(new SentMail([Id]), null), ContractsJson.Default.ReplySentMail);
            case nameof(IAgentMail.GetMail):
                Assert.Equal(new GetMail(true, Id), JsonSerializer.Deserialize(call.Body, ContractsJson.Default.GetMail));
                var reply = HasForgotten ? new Reply<MailItem>(null, new(MailCodes.MailNotFound, "Gone.")) : new Reply<MailItem>(_mail, null);
                Interlocked.Increment(ref _asked);
                return JsonSerializer.Serialize(reply, ContractsJson.Default.ReplyMailItem);
            case nameof(IAgentMail.ChangeMail):
                Assert.Equal(new ChangeMail(MailVerbs.Read, N: _mail.Reply!.N), JsonSerializer.Deserialize(call.Body, ContractsJson.Default.ChangeMail));
                _mail = _mail with { Reply = _mail.Reply with { State = MailStates.Read } };
                return JsonSerializer.Serialize(new Reply<MailItem>(_mail.Reply, null), ContractsJson.Default.ReplyMailItem);
            default:
                return null;
        }
    }
}
