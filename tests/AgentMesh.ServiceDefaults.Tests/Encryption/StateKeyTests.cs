using System.Text;
using AgentMesh.ServiceDefaults.Encryption;

namespace AgentMesh.ServiceDefaults.Tests.Encryption;

/// <summary>Records as they are encrypted, and what they are bound to.</summary>
public sealed class StateKeyTests
{
    private const string KeyId = "d1fe16acb7261503";
    private const string Name = "page:default:1";

    private static readonly byte[] Clear = Encoding.UTF8.GetBytes("""{"v":1}""");

    /// <summary>Made by another implementation (Python's cryptography) of the form that the docstring gives: what is stored is read by every later build.</summary>
    [Fact]
    public void StoredRecord_OfThisForm_Opens() =>
        Assert.Equal(Clear, Key().Decrypt(Name, Convert.FromBase64String("AAECAwQFBgcICQoLQ6g6VorYc56tvLg5OrDTf2S5QBikPVQ=")));

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2048)]
    public void Record_Opens_AndIsNeverTwiceTheSame(int length)
    {
        var clear = new byte[length];
        var data = Key().Encrypt(Name, clear);
        Assert.Equal(length + 28, data.Length);
        Assert.Equal(clear, Key().Decrypt(Name, data));
        Assert.NotEqual(data, Key().Encrypt(Name, clear));
    }

    /// <summary>Each of what it is bound to, changed alone.</summary>
    [Theory]
    [InlineData(2, KeyId, "AgentActor", "default:alice", Name)]
    [InlineData(1, "0000000000000000", "AgentActor", "default:alice", Name)]
    [InlineData(1, KeyId, "PaymentActor", "default:alice", Name)]
    [InlineData(1, KeyId, "AgentActor", "default:bob", Name)]
    [InlineData(1, KeyId, "AgentActor", "other:alice", Name)]
    [InlineData(1, KeyId, "AgentActor", "default:alice", "page:default:2")]
    public void RecordOfAnother_DoesNotOpen(byte master, string keyId, string actorType, string actorId, string name)
    {
        var data = Key().Encrypt(Name, Clear);
        Assert.Null(StateKey.Derive([.. Enumerable.Repeat(master, 32)], keyId, actorType, actorId).Decrypt(name, data));
    }

    [Fact]
    public void EveryChangedByte_IsNoticed()
    {
        var data = Key().Encrypt(Name, Clear);
        for (var n = 0; n < data.Length; n++)
        {
            data[n] ^= 1;
            Assert.Null(Key().Decrypt(Name, data));
            data[n] ^= 1;
        }

        for (var length = 0; length < data.Length; length++)
            Assert.Null(Key().Decrypt(Name, data.AsSpan(0, length)));
        Assert.Null(Key().Decrypt(Name, [.. data, 0]));
    }

    private static StateKey Key() => StateKey.Derive([.. Enumerable.Repeat((byte)1, 32)], KeyId, "AgentActor", "default:alice");
}
