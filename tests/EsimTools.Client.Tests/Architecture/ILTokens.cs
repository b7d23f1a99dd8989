// What the instructions of a method name: types, methods, fields.

using System.Reflection;
using System.Reflection.Emit;

namespace EsimTools.Client.Tests.Architecture;

/// <summary>Walks IL with the sizes that the opcode table of System.Reflection.Emit gives.</summary>
internal static class ILTokens
{
    private static readonly Dictionary<int, OpCode> Codes = typeof(OpCodes)
        .GetFields(BindingFlags.Public | BindingFlags.Static).Select(field => (OpCode)field.GetValue(null)!).ToDictionary(code => (int)(ushort)code.Value);

    /// <summary>The members behind the operands of a method's instructions.</summary>
    public static IEnumerable<MemberInfo> MembersIn(MethodBase method)
    {
        var code = method.GetMethodBody()?.GetILAsByteArray() ?? [];
        var typeArguments = method.DeclaringType!.IsGenericType ? method.DeclaringType.GetGenericArguments() : null;
        var methodArguments = method.IsGenericMethod ? method.GetGenericArguments() : null;
        foreach (var token in In(code))
        {
            MemberInfo? member = null;
            try
            {
                member = method.Module.ResolveMember(token, typeArguments, methodArguments);
            }
            catch (ArgumentException)
            {
                // A string or a signature, not a member.
            }

            if (member is not null)
            {
                yield return member;
            }
        }
    }

    private static IEnumerable<int> In(byte[] code)
    {
        for (var i = 0; i < code.Length;)
        {
            int value = code[i++];
            if (value == 0xfe)
            {
                value = (value << 8) | code[i++];
            }

            switch (Codes[value].OperandType)
            {
                case OperandType.InlineNone:
                    break;
                case OperandType.ShortInlineBrTarget or OperandType.ShortInlineI or OperandType.ShortInlineVar:
                    i += 1;
                    break;
                case OperandType.InlineVar:
                    i += 2;
                    break;
                case OperandType.InlineI8 or OperandType.InlineR:
                    i += 8;
                    break;
                case OperandType.InlineSwitch:
                    i += 4 + (4 * BitConverter.ToInt32(code, i));
                    break;
                case OperandType.InlineField or OperandType.InlineMethod or OperandType.InlineTok or OperandType.InlineType:
                    yield return BitConverter.ToInt32(code, i);
                    i += 4;
                    break;
                default:
                    i += 4;
                    break;
            }
        }
    }
}
